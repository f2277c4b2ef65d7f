import { describe, expect, it } from 'vitest';
import { mergeRace, parseSeen } from '../../../../../server/http/pages/form/merge-race.ts';

describe('a form that lost a race', () => {
  it.each([
    ['left alone, and changed by somebody', ['a', 'b', 'a'], 'b', { isBoth: false }],
    ['changed here only', ['a', 'a', 'c'], 'c', undefined],
    ['changed by both', ['a', 'b', 'c'], 'c', { isBoth: true, before: 'a', now: 'b', yours: 'c' }],
    ['changed by both to the same', ['a', 'b', 'b'], 'b', { isBoth: false }],
    ['the same but for ends of lines', ['a\nb', 'a\nb', 'a\r\nb\r\n'], 'a\r\nb\r\n', undefined],
    ['left alone with other ends of lines', ['a\nb', 'c', 'a\r\nb'], 'c', { isBoth: false }],
  ] as const)('a field %s', (_says, [seen, now, typed], value, change) => {
    const merged = mergeRace({ x: seen }, { x: now }, { x: typed });
    expect(merged.values['x']).toBe(value);
    if (change === undefined) expect(merged.changes).toEqual([]);
    else expect(merged.changes[0]).toMatchObject({ path: 'x', ...change });
  });

  it('takes over entries that came meanwhile, and knows of those that went', () => {
    const { values, changes } = mergeRace({ 'r.1.ip': 'a' }, { 'r.2.ip': 'b' }, { 'r.1.ip': 'a' });
    expect(values).toEqual({ 'r.1.ip': '', 'r.2.ip': 'b' });
    expect(changes.map(({ path, now }) => [path, now])).toEqual([
      ['r.1.ip', ''],
      ['r.2.ip', 'b'],
    ]);
  });
});

describe('what the form was opened with', () => {
  it.each([
    [undefined, {}],
    ['', {}],
    ['nonsense', {}],
    ['[1]', {}],
    ['null', {}],
    ['7', {}],
    ['{"a":"b","c":7,"d":null,"e":{}}', { a: 'b' }],
  ])('%s', (text, values) => expect(parseSeen(text)).toEqual(values));
});
