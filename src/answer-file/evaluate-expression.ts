import { AnswerFileError, type AnswerFileErrorCode, ValueProblem } from './error.ts';
import { FILTERS, type FilterTools, LENIENT_FILTERS } from './filters.ts';
import { describeExpression, type Expression, type Statement } from './syntax-tree.ts';
import { LENIENT_TESTS, TESTS } from './value-tests.ts';
import {
  calculate,
  compareValues,
  isList,
  isMap,
  isTrue,
  kindOf,
  MISSING,
  memberOf,
  plain,
  type Value,
} from './values.ts';

/** What an expression may ask of the rendering that it is part of. */
export interface Surroundings {
  readonly template: string;
  readonly tools: FilterTools;
  readonly rangeItems: number;
  /** Counts one step; throws `step-limit`. */
  step(line: number): void;
  find(name: string): Value | typeof MISSING;
  /** Renders statements to text, for `{% set x %}…{% endset %}` and `{% filter %}`. */
  capture(body: readonly Statement[]): string;
}

/** The value of an expression. Whatever does not exist is an error with its name, template and line. */
export function evaluate(expression: Expression, around: Surroundings): Value {
  const value = look(expression, around);
  if (value !== MISSING) return value;
  const name = describeExpression(expression) ?? 'this member';
  return fail(
    expression,
    around,
    'undefined-variable',
    `${name} is not defined`,
    'see the list of variables',
  );
}

/** As evaluate, but MISSING for a name or member that does not exist. */
function look(expression: Expression, around: Surroundings): Value | typeof MISSING {
  around.step(expression.line);
  switch (expression.kind) {
    case 'name':
      return around.find(expression.name);
    case 'member':
      return lookMember(expression, around, false);
    default:
      return located(expression, around, () => compute(expression, around));
  }
}

function lookLeniently(expression: Expression, around: Surroundings): Value | typeof MISSING {
  return expression.kind === 'member' ? lookMember(expression, around, true) : look(expression, around);
}

function lookMember(
  expression: Expression & { kind: 'member' },
  around: Surroundings,
  lenient: boolean,
): Value | typeof MISSING {
  const target = lenient ? lookLeniently(expression.target, around) : evaluate(expression.target, around);
  if (target === MISSING) return MISSING;
  if (target === null && !lenient) {
    const name = describeExpression(expression.target) ?? 'this';
    return fail(expression, around, 'null-value', `${name} has no value`, `guard it with {% if ${name} %}`);
  }
  return memberOf(target, evaluate(expression.key, around));
}

function compute(expression: Expression, around: Surroundings): Value {
  const value = (operand: Expression) => evaluate(operand, around);
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'list':
      return expression.items.map(value);
    case 'not':
      return !isTrue(value(expression.operand));
    case 'negate':
      return calculate('-', 0, value(expression.operand));
    case 'and': {
      const left = value(expression.left);
      return isTrue(left) ? value(expression.right) : left;
    }
    case 'or': {
      const left = value(expression.left);
      return isTrue(left) ? left : value(expression.right);
    }
    case 'binary':
      return limitText(
        calculate(expression.operator, value(expression.left), value(expression.right)),
        around,
      );
    case 'compare':
      return compareChain(expression, value);
    case 'choose':
      return value(isTrue(value(expression.condition)) ? expression.yes : expression.no);
    case 'range':
      return rangeOf(expression.args.map(value), around.rangeItems);
    case 'capture':
      return around.capture(expression.body);
    case 'test':
      return applyTest(expression, around);
    case 'filter':
      return applyFilter(expression, around);
    default:
      throw new TypeError(`unexpected expression ${expression.kind}`);
  }
}

function compareChain(
  expression: Expression & { kind: 'compare' },
  value: (operand: Expression) => Value,
): boolean {
  let left = value(expression.first);
  for (const { operator, operand } of expression.rest) {
    const right = value(operand);
    if (!compareValues(operator, left, right)) return false;
    left = right;
  }
  return true;
}

function applyTest(expression: Expression & { kind: 'test' }, around: Surroundings): boolean {
  const test = TESTS.get(expression.test);
  if (test === undefined) throw new ValueProblem('unknown-test', `unknown test ${expression.test}`);
  const lenient = LENIENT_TESTS.has(expression.test);
  return test(lenient ? lookLeniently(expression.operand, around) : evaluate(expression.operand, around));
}

function applyFilter(expression: Expression & { kind: 'filter' }, around: Surroundings): Value {
  const filter = FILTERS.get(expression.filter);
  if (filter === undefined) throw new ValueProblem('unknown-filter', `unknown filter ${expression.filter}`);
  const found = LENIENT_FILTERS.has(expression.filter)
    ? lookLeniently(expression.input, around)
    : evaluate(expression.input, around);
  const args = expression.args.map((argument) => evaluate(argument, around));
  return limitText(filter(found === MISSING ? null : found, args, around.tools), around);
}

function limitText(value: Value, around: Surroundings): Value {
  if (typeof value === 'string' && value.length > around.tools.maxChars)
    throw new ValueProblem('output-size', `a text grows over ${around.tools.maxChars} characters`);
  return value;
}

function rangeOf(args: readonly Value[], most: number): Value {
  const numbers = args.map((argument) => {
    if (typeof argument === 'number' && Number.isSafeInteger(argument)) return argument;
    throw new ValueProblem('bad-value', `range: takes whole numbers, not ${kindOf(argument)}`);
  });
  const [first, second, step = 1] = numbers;
  if (first === undefined || numbers.length > 3 || step === 0)
    throw new ValueProblem('bad-value', 'range: takes (end), (start, end) or (start, end, step)');
  const [start, end] = second === undefined ? [0, first] : [first, second];
  const count = Math.max(0, Math.ceil((end - start) / step));
  if (count > most) throw new ValueProblem('step-limit', `range: gives ${count} numbers, more than ${most}`);
  return Array.from({ length: count }, (_, index) => start + index * step);
}

/** For loops: the elements of a list, or the pairs of a map. */
export function elementsOf(over: Value, names: number): Value[][] {
  if (isList(over) && names === 1) return over.map((item) => [plain(item)]);
  if (isMap(over) && names === 2) return Object.entries(over).map(([key, value]) => [key, plain(value)]);
  throw new ValueProblem(
    'bad-value',
    `${kindOf(over)} cannot be looped over with ${names === 1 ? 'one name' : 'two names'}`,
    'a list takes one name, a map two',
  );
}

/** Runs `work`; a fault in a value gets the template and line of this expression. */
export function located<T>(at: Expression, around: Surroundings, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ValueProblem)) throw error;
    const name = describeExpression(at);
    return fail(at, around, error.code, name ? `${name}: ${error.message}` : error.message, error.hint);
  }
}

export function fail(
  at: { readonly line: number },
  around: Surroundings,
  code: AnswerFileErrorCode,
  message: string,
  hint: string | null = null,
): never {
  throw new AnswerFileError({ code, template: around.template, line: at.line, message, hint });
}
