import { AnswerFileError } from './error.ts';
import { elementsOf, evaluate, fail, located, type Surroundings } from './evaluate-expression.ts';
import type { FilterTools } from './filters.ts';
import type { RenderLimits } from './limits.ts';
import { Scope } from './scope.ts';
import type { Statement, Template } from './syntax-tree.ts';
import { isTrue, textOf } from './values.ts';

/** What a rendering is made of. */
export interface EnvironmentParts {
  readonly limits: RenderLimits;
  readonly tools: FilterTools;
  /** A template by name, parsed; undefined when there is none. The only way to reach another text: no files. */
  readonly findTemplate: (name: string) => Template | undefined;
}

/**
 * Runs a template over a context by walking its tree. Nothing is compiled to code and no prototype is touched, so a
 * template can reach exactly what the context, the filters and the snippets hold. One environment is one rendering:
 * its counters run over all includes together.
 */
export class Environment {
  readonly #parts: EnvironmentParts;
  #steps = 0;
  #chars = 0;
  #depth = 0;

  constructor(parts: EnvironmentParts) {
    this.#parts = parts;
  }

  /** Renders to text; throws AnswerFileError. */
  render(template: Template, context: object): string {
    return this.#run(template.body, template.name, Scope.ofContext(context));
  }

  #run(body: readonly Statement[], template: string, scope: Scope): string {
    const pieces: string[] = [];
    for (const statement of body) pieces.push(this.#execute(statement, template, scope));
    return pieces.join('');
  }

  #execute(statement: Statement, template: string, scope: Scope): string {
    const around = this.#surroundings(template, scope);
    switch (statement.kind) {
      case 'text':
        return this.#emit(statement.text, { line: 1 }, around);
      case 'output': {
        const value = evaluate(statement.value, around);
        return this.#emit(
          located(statement.value, around, () => textOf(value)),
          statement,
          around,
        );
      }
      case 'if': {
        const holds = isTrue(evaluate(statement.condition, around));
        return this.#run(holds ? statement.body : statement.otherwise, template, scope);
      }
      case 'for':
        return this.#loop(statement, around, scope);
      case 'set': {
        const value = evaluate(statement.value, around);
        for (const name of statement.names) scope.assign(name, value);
        return '';
      }
      case 'include':
        return this.#include(statement, around, scope);
    }
  }

  #loop(loop: Statement & { kind: 'for' }, around: Surroundings, scope: Scope): string {
    const over = evaluate(loop.over, around);
    const elements = located(loop.over, around, () => elementsOf(over, loop.names.length));
    if (elements.length === 0) return this.#run(loop.otherwise, around.template, scope);
    const pieces = elements.map((element, index) => {
      around.step(loop.line);
      const inner = scope.inner();
      loop.names.forEach((name, position) => {
        inner.declare(name, element[position] ?? null);
      });
      inner.declare('loop', {
        index: index + 1,
        index0: index,
        first: index === 0,
        last: index === elements.length - 1,
        length: elements.length,
      });
      return this.#run(loop.body, around.template, inner);
    });
    return pieces.join('');
  }

  #include(include: Statement & { kind: 'include' }, around: Surroundings, scope: Scope): string {
    const name = evaluate(include.template, around);
    if (typeof name !== 'string')
      return fail(include, around, 'bad-value', 'include: the name is not a text');
    const template = this.#parts.findTemplate(name);
    if (template === undefined) {
      if (include.ignoreMissing) return '';
      return fail(include, around, 'include-missing', `there is no snippet "${name}"`);
    }
    if (this.#depth >= this.#parts.limits.includeDepth)
      return fail(include, around, 'include-depth', 'snippets include one another too deeply');
    this.#depth += 1;
    const text = this.#run(template.body, template.name, scope.inner());
    this.#depth -= 1;
    return text;
  }

  #surroundings(template: string, scope: Scope): Surroundings {
    const { limits, tools } = this.#parts;
    return {
      template,
      tools,
      rangeItems: limits.rangeItems,
      find: (name) => scope.find(name),
      capture: (body) => this.#run(body, template, scope),
      step: (line) => {
        this.#steps += 1;
        if (this.#steps > limits.steps) {
          const message = `the template takes more than ${limits.steps} steps`;
          throw new AnswerFileError({ code: 'step-limit', template, line, message, hint: null });
        }
      },
    };
  }

  #emit(text: string, at: { readonly line: number }, around: Surroundings): string {
    around.step(at.line);
    this.#chars += text.length;
    if (this.#chars > this.#parts.limits.outputChars)
      fail(at, around, 'output-size', `the file grows over ${this.#parts.limits.outputChars} characters`);
    return text;
  }
}
