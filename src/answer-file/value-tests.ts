import { isList, isMap, MISSING, type Value } from './values.ts';

type Test = (value: Value | typeof MISSING) => boolean;

/** What can stand after `is`. Only `defined` and `undefined` may ask about something that does not exist. */
export const TESTS: ReadonlyMap<string, Test> = new Map<string, Test>([
  ['defined', (value) => value !== MISSING],
  ['undefined', (value) => value === MISSING],
  ['none', (value) => value === null],
  ['string', (value) => typeof value === 'string'],
  ['number', (value) => typeof value === 'number'],
  ['list', (value) => value !== MISSING && isList(value)],
  ['map', (value) => value !== MISSING && isMap(value)],
]);

/** Tests whose operand may be missing. */
export const LENIENT_TESTS: ReadonlySet<string> = new Set(['defined', 'undefined']);
