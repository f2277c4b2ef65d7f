import { Secret } from '../domain/access/secret.ts';
import { ValueProblem } from './error.ts';
import { checkPreseedValue, quoteForKickstart, quoteForShell } from './quoting.ts';
import { isList, isMap, isTrue, kindOf, plain, textOf, type Value } from './values.ts';

/** What a rendering lends to its filters. */
export interface FilterTools {
  /** The value of a secret, or its mask in a preview. */
  reveal(secret: Secret): string;
  /** Longest text that a filter may build, in characters. */
  readonly maxChars: number;
}

type Filter = (input: Value, args: readonly Value[], tools: FilterTools) => Value;

/** Every filter there is. A Map, not an object: `{{ x | constructor }}` finds nothing. */
export const FILTERS: ReadonlyMap<string, Filter> = new Map<string, Filter>([
  ['secret', revealSecret],
  ['default', (input, args) => defaultTo(input, args)],
  ['shellquote', (input) => quoteForShell(scalar(input, 'shellquote'))],
  ['ksquote', (input) => quoteForKickstart(scalar(input, 'ksquote'))],
  ['preseedvalue', (input) => checkPreseedValue(scalar(input, 'preseedvalue'))],
  ['upper', (input) => text(input, 'upper').toUpperCase()],
  ['lower', (input) => text(input, 'lower').toLowerCase()],
  ['trim', (input) => text(input, 'trim').trim()],
  ['replace', replaceText],
  ['indent', indentLines],
  ['join', joinList],
  ['first', (input) => endOf(input, 'first')],
  ['last', (input) => endOf(input, 'last')],
  ['length', lengthOf],
  ['tojson', toJson],
  ['base64', (input) => Buffer.from(scalar(input, 'base64'), 'utf8').toString('base64')],
  ['urlencode', (input) => encodeURIComponent(scalar(input, 'urlencode'))],
]);

/** Filters whose input may be something that does not exist. */
export const LENIENT_FILTERS: ReadonlySet<string> = new Set(['default']);

function revealSecret(input: Value, _args: readonly Value[], tools: FilterTools): Value {
  if (input instanceof Secret) return tools.reveal(input);
  if (input === null) return textOf(input);
  throw new ValueProblem('bad-value', `secret: ${kindOf(input)} is no secret`);
}

function defaultTo(input: Value, args: readonly Value[]): Value {
  const [fallback, alsoWhenFalse] = args;
  if (fallback === undefined) throw new ValueProblem('bad-value', 'default: needs a value');
  if (input === null) return fallback;
  return alsoWhenFalse === true && !isTrue(input) ? fallback : input;
}

function replaceText(input: Value, args: readonly Value[], tools: FilterTools): Value {
  const [from, to] = args;
  const whole = text(input, 'replace');
  if (typeof from !== 'string' || from === '' || typeof to !== 'string')
    throw new ValueProblem('bad-value', 'replace: needs two texts, the first not empty');
  // Counted before it is built: the result of a replacement can be the product of both lengths.
  const pieces = whole.split(from);
  const length = whole.length + (pieces.length - 1) * (to.length - from.length);
  return limited(length, tools) && pieces.join(to);
}

function indentLines(input: Value, args: readonly Value[], tools: FilterTools): Value {
  const [width = 4, first = false] = args;
  if (typeof width !== 'number' || !Number.isInteger(width) || width < 0 || width > 80)
    throw new ValueProblem('bad-value', 'indent: the width is a whole number from 0 to 80');
  const lines = text(input, 'indent').split('\n');
  limited(lines.length * width, tools);
  const margin = ' '.repeat(width);
  return lines
    .map((line, index) => ((index === 0 && first !== true) || line === '' ? line : margin + line))
    .join('\n');
}

function joinList(input: Value, args: readonly Value[], tools: FilterTools): Value {
  const [separator = ''] = args;
  if (!isList(input) || typeof separator !== 'string')
    throw new ValueProblem('bad-value', `join: works on a list, this is ${kindOf(input)}`);
  const parts = input.map((item) => textOf(item));
  const length = parts.reduce((sum, part) => sum + part.length + separator.length, 0);
  return limited(length, tools) && parts.join(separator);
}

function endOf(input: Value, which: 'first' | 'last'): Value {
  const item = isList(input) ? input.at(which === 'first' ? 0 : -1) : undefined;
  if (item === undefined) throw new ValueProblem('bad-value', `${which}: needs a list that is not empty`);
  return plain(item);
}

function lengthOf(input: Value): Value {
  if (typeof input === 'string' || isList(input)) return input.length;
  if (isMap(input)) return Object.keys(input).length;
  throw new ValueProblem('bad-value', `length: ${kindOf(input)} has none`);
}

function toJson(input: Value, _args: readonly Value[], tools: FilterTools): Value {
  const json = JSON.stringify(plainCopy(input, 0));
  limited(json.length, tools);
  return json;
}

function plainCopy(value: unknown, depth: number): unknown {
  const checked = plain(value);
  if (depth > 16) throw new ValueProblem('bad-value', 'tojson: nested too deeply');
  if (checked instanceof Secret) return textOf(checked);
  if (isList(checked)) return checked.map((item) => plainCopy(item, depth + 1));
  if (!isMap(checked)) return checked;
  return Object.fromEntries(Object.entries(checked).map(([key, item]) => [key, plainCopy(item, depth + 1)]));
}

function limited(length: number, tools: FilterTools): true {
  if (length > tools.maxChars)
    throw new ValueProblem('output-size', `a text grows over ${tools.maxChars} characters`);
  return true;
}

function text(input: Value, filter: string): string {
  if (typeof input === 'string') return input;
  return refuseInput(input, filter);
}

function scalar(input: Value, filter: string): string {
  if (typeof input === 'string' || typeof input === 'number') return String(input);
  return refuseInput(input, filter);
}

function refuseInput(input: Value, filter: string): never {
  if (input === null || input instanceof Secret) textOf(input);
  throw new ValueProblem('bad-value', `${filter}: works on text, this is ${kindOf(input)}`);
}
