import parser from 'nunjucks/src/parser.js';
import { AnswerFileError, type AnswerFileErrorCode } from './error.ts';
import { DEFAULT_LIMITS, type RenderLimits } from './limits.ts';
import { parseExpressionNode } from './parse-expression.ts';
import { asNode, child, children, lineOf, type RawNode, symbolName, typeOf } from './raw-tree.ts';
import type { Expression, Statement, Template } from './syntax-tree.ts';

/**
 * `{#` is everyday bash (`${#list[@]}`), so comments are `<%# … %>`; `{{ }}` and `{% %}` are as everywhere.
 * A block tag alone on its line leaves no line behind.
 */
const PARSER_OPTIONS = {
  tags: { commentStart: '<%#', commentEnd: '%>' },
  trimBlocks: true,
  lstripBlocks: true,
} as const;

/** The tag a person wrote, by the node it became. */
const REFUSED_TAGS: Readonly<Record<string, string>> = {
  Macro: '{% macro %}',
  Caller: '{% call %}',
  Import: '{% import %}',
  FromImport: '{% from %}',
  Extends: '{% extends %}',
  Block: '{% block %}',
  Super: 'super()',
  AsyncEach: '{% asyncEach %}',
  AsyncAll: '{% asyncAll %}',
  IfAsync: '{% ifAsync %}',
  Switch: '{% switch %}',
  CallExtension: 'a custom tag',
};

/** Reads sub-trees of one template and knows how to refuse one. */
export interface Lowering {
  expression(node: RawNode): Expression;
  statements(node: RawNode): Statement[];
  refuse(node: RawNode, code: AnswerFileErrorCode, message: string, hint?: string): never;
  /** Runs `work` one level deeper; too deep is an error and not a full stack. */
  deeper<T>(node: RawNode, work: () => T): T;
}

/**
 * Parses a template: nunjucks' syntax, cut down by an allow-list to text, output, if, for, set, include, raw and
 * filters. Throws AnswerFileError `template-size`, `syntax`, `unsupported`, `unknown-filter` or `unknown-test`.
 */
export function parseTemplate(name: string, text: string, limits: RenderLimits = DEFAULT_LIMITS): Template {
  if (text.length > limits.templateChars) {
    const message = `template is ${text.length} characters long, more than ${limits.templateChars}`;
    throw new AnswerFileError({ code: 'template-size', template: name, line: null, message, hint: null });
  }
  const root = asNode(readTree(name, text));
  return { name, body: lower(name, limits).statements(root) };
}

function readTree(name: string, text: string): unknown {
  try {
    return parser.parse(text, [], PARSER_OPTIONS);
  } catch (error) {
    throw new AnswerFileError({
      code: 'syntax',
      template: name,
      line: errorLine(error),
      message: syntaxMessage(error),
      hint: 'comments are <%# … %>; text with {{ or {% of its own goes between {% raw %} and {% endraw %}',
    });
  }
}

function errorLine(error: unknown): number | null {
  const line = (error as { lineno?: unknown } | null)?.lineno;
  return typeof line === 'number' ? line : null;
}

function syntaxMessage(error: unknown): string {
  if (error instanceof RangeError) return 'expressions or blocks are nested too deeply';
  // The parser reads past its last token when a tag is not closed.
  if (error instanceof TypeError) return 'unexpected end of template: a tag is not closed';
  return error instanceof Error ? error.message.replace(/\s+/g, ' ').trim() : 'the template cannot be read';
}

function lower(template: string, limits: RenderLimits): Lowering {
  let depth = 0;
  const lowering: Lowering = {
    expression: (node) => lowering.deeper(node, () => parseExpressionNode(node, lowering)),
    statements: (node) => statementsOf(node, lowering),
    refuse: (node, code, message, hint) => {
      throw new AnswerFileError({ code, template, line: lineOf(node), message, hint: hint ?? null });
    },
    deeper: (node, work) => {
      depth += 1;
      if (depth > limits.nesting)
        lowering.refuse(node, 'syntax', 'expressions or blocks are nested too deeply');
      const result = work();
      depth -= 1;
      return result;
    },
  };
  return lowering;
}

function statementsOf(node: RawNode, lowering: Lowering): Statement[] {
  return children(node).flatMap((statement) =>
    typeOf(statement) === 'Output'
      ? children(statement).map((part) => outputOf(part, lowering))
      : [lowering.deeper(statement, () => statementOf(statement, lowering))],
  );
}

function outputOf(part: RawNode, lowering: Lowering): Statement {
  if (typeOf(part) === 'TemplateData') return { kind: 'text', text: String(part['value']) };
  return { kind: 'output', line: lineOf(part), value: lowering.expression(part) };
}

function statementOf(node: RawNode, lowering: Lowering): Statement {
  const line = lineOf(node);
  switch (typeOf(node)) {
    case 'If':
      return {
        kind: 'if',
        line,
        condition: lowering.expression(child(node, 'cond')),
        body: lowering.statements(child(node, 'body')),
        otherwise: otherwiseOf(node, lowering),
      };
    case 'For':
      return {
        kind: 'for',
        line,
        names: loopNames(node, lowering),
        over: lowering.expression(child(node, 'arr')),
        body: lowering.statements(child(node, 'body')),
        otherwise: otherwiseOf(node, lowering),
      };
    case 'Set':
      return { kind: 'set', line, ...assignment(node, lowering) };
    case 'Include':
      return {
        kind: 'include',
        line,
        template: lowering.expression(child(node, 'template')),
        ignoreMissing: node['ignoreMissing'] === true,
      };
    default:
      return refuseTag(node, lowering);
  }
}

function otherwiseOf(node: RawNode, lowering: Lowering): Statement[] {
  const otherwise = node['else_'];
  if (otherwise === null || otherwise === undefined) return [];
  const branch = asNode(otherwise);
  // `elif` hangs the next If itself there, `else` a list.
  return typeOf(branch) === 'If'
    ? [lowering.deeper(branch, () => statementOf(branch, lowering))]
    : lowering.statements(branch);
}

function loopNames(node: RawNode, lowering: Lowering): string[] {
  const target = child(node, 'name');
  const symbols = typeOf(target) === 'Array' ? children(target) : [target];
  if (symbols.length > 2) lowering.refuse(node, 'unsupported', 'a for loop has one name, or two for a map');
  return symbols.map((symbol) => nameOf(symbol, lowering));
}

function assignment(node: RawNode, lowering: Lowering): { names: string[]; value: Expression } {
  const names = children(node, 'targets').map((target) => nameOf(target, lowering));
  const value = node['body'] ?? node['value'];
  return { names, value: lowering.expression(asNode(value)) };
}

function nameOf(node: RawNode, lowering: Lowering): string {
  return symbolName(node) ?? lowering.refuse(node, 'syntax', 'a plain name is expected here');
}

function refuseTag(node: RawNode, lowering: Lowering): never {
  const tag = REFUSED_TAGS[typeOf(node)] ?? `a ${typeOf(node)} tag`;
  return lowering.refuse(
    node,
    'unsupported',
    `${tag} is not part of answer files`,
    'available are if, for, set, include, filter and raw',
  );
}
