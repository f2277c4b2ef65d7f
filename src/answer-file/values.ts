import { Secret } from '../domain/access/secret.ts';
import { ValueProblem } from './error.ts';
import type { BinaryOperator, CompareOperator } from './syntax-tree.ts';

/** Everything that a template can hold in its hand. */
export type Value =
  | string
  | number
  | boolean
  | null
  | Secret
  | readonly Value[]
  | { readonly [key: string]: Value };

/** The result of looking for something that is not there; not a value, templates never hold it. */
export const MISSING = Symbol('missing');

/**
 * Reads a member: own data properties only, no functions, no getters, no prototype, nothing of a Secret.
 * The answer is checked to be a Value again, so a class instance or a Map in the context stays unreachable.
 */
export function memberOf(target: Value, key: Value): Value | typeof MISSING {
  if (typeof target !== 'object' || target === null || target instanceof Secret) return MISSING;
  if (typeof key !== 'string' && typeof key !== 'number') return MISSING;
  const descriptor = Object.getOwnPropertyDescriptor(target, key);
  if (descriptor === undefined || !('value' in descriptor)) return MISSING;
  return checkValue(descriptor.value);
}

/** Refuses everything that is not a Value: functions, class instances, undefined, NaN. Looks one level deep. */
export function checkValue(value: unknown): Value | typeof MISSING {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : MISSING;
    case 'object':
      if (value === null || value instanceof Secret || Array.isArray(value)) return value;
      return isPlainObject(value) ? (value as { readonly [key: string]: Value }) : MISSING;
    default:
      return MISSING;
  }
}

/** As checkValue, for places where there must be a value. */
export function plain(value: unknown): Value {
  const checked = checkValue(value);
  if (checked === MISSING) throw new ValueProblem('bad-value', 'something that is not plain data');
  return checked;
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function isMap(value: Value): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !(value instanceof Secret) && !Array.isArray(value);
}

/** false, null, 0, the empty text, the empty list and the empty map are false. */
export function isTrue(value: Value): boolean {
  if (isList(value)) return value.length > 0;
  if (isMap(value)) return Object.keys(value).length > 0;
  return Boolean(value);
}

/** The kind of a value in words for messages; never the value. */
export function kindOf(value: Value): string {
  if (value === null) return 'null';
  if (value instanceof Secret) return 'a secret';
  if (isList(value)) return 'a list';
  return typeof value === 'object' ? 'a map' : `a ${typeof value}`;
}

/** Text of a scalar, for output and `~`. Null, secrets, lists and maps have none. */
export function textOf(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Secret)
    throw new ValueProblem(
      'secret-exposed',
      'a secret is printed',
      'write {{ … | secret }} where it belongs',
    );
  if (value === null)
    throw new ValueProblem('null-value', 'has no value', 'guard it with {% if … %} or | default(…)');
  throw new ValueProblem('bad-value', `${kindOf(value)} is printed`, 'use | join or | tojson');
}

export function compareValues(operator: CompareOperator, left: Value, right: Value): boolean {
  if (operator === '==' || operator === '!=') return isSame(left, right) === (operator === '==');
  const sameKind =
    (typeof left === 'number' && typeof right === 'number') ||
    (typeof left === 'string' && typeof right === 'string');
  if (!sameKind) throw wrongOperands(operator, left, right);
  if (operator === '<') return left < right;
  if (operator === '>') return left > right;
  return operator === '<=' ? left <= right : left >= right;
}

function isSame(left: Value, right: Value): boolean {
  if (left === null || right === null) return left === right;
  // A template must not be an oracle for a secret's value.
  if (left instanceof Secret || right instanceof Secret)
    throw new ValueProblem(
      'secret-exposed',
      'a secret is compared',
      'only "is none" can be asked of a secret',
    );
  return left === right;
}

export function calculate(operator: BinaryOperator, left: Value, right: Value): Value {
  if (operator === '~') return textOf(left) + textOf(right);
  if (operator === 'in') return contains(right, left);
  if (operator === '+' && typeof left === 'string' && typeof right === 'string') return left + right;
  if (typeof left !== 'number' || typeof right !== 'number') throw wrongOperands(operator, left, right);
  const result = arithmetic(operator, left, right);
  if (!Number.isFinite(result)) throw new ValueProblem('bad-value', `"${operator}" gives no number`);
  return result;
}

function arithmetic(operator: BinaryOperator, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '//':
      return Math.floor(left / right);
    default:
      return left % right;
  }
}

function contains(whole: Value, part: Value): boolean {
  if (isList(whole)) return whole.some((item) => isSame(item, part));
  if (typeof part === 'string' && typeof whole === 'string') return whole.includes(part);
  if (typeof part === 'string' && isMap(whole)) return Object.hasOwn(whole, part);
  throw wrongOperands('in', part, whole);
}

function wrongOperands(operator: string, left: Value, right: Value): ValueProblem {
  return new ValueProblem(
    'bad-value',
    `"${operator}" does not work on ${kindOf(left)} and ${kindOf(right)}`,
    operator === '+' ? 'use ~ to put texts together' : null,
  );
}
