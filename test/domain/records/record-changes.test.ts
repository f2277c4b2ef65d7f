import { describe, expect, it } from 'vitest';
import { changesBetween } from '../../../src/domain/records/record-changes.ts';

describe('what changes between two records', () => {
  it.each<[string, unknown, unknown, unknown[]]>([
    ['nothing', { a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 }, []],
    ['nothing, where absent and null are the same', { a: null }, { b: undefined }, []],
    ['a field', { a: 1 }, { a: 2 }, [{ path: 'a', from: 1, to: 2 }]],
    ['a field that came', {}, { a: 2 }, [{ path: 'a', from: null, to: 2 }]],
    ['a field that went', { a: 1 }, {}, [{ path: 'a', from: 1, to: null }]],
    ['a field below', { a: { b: 1, c: 1 } }, { a: { b: 2, c: 1 } }, [{ path: 'a.b', from: 1, to: 2 }]],
    ['an object that went', { a: { b: 1 } }, { a: null }, [{ path: 'a', from: { b: 1 }, to: null }]],
    ['a list of plain values, as one', { a: [1] }, { a: [1, 2] }, [{ path: 'a', from: [1], to: [1, 2] }]],
    [
      'a list of objects, by its places',
      { a: [{ b: 1 }, { b: 2 }] },
      { a: [{ b: 1 }, { b: 3 }, { b: 4 }] },
      [
        { path: 'a.1.b', from: 2, to: 3 },
        { path: 'a.2', from: null, to: { b: 4 } },
      ],
    ],
    ['a list that is empty now', { a: [{ b: 1 }] }, { a: [] }, [{ path: 'a', from: [{ b: 1 }], to: [] }]],
  ])('%s', (_name, before, after, changes) => {
    expect(changesBetween(before, after)).toEqual(changes);
  });
});
