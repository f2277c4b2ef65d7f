import { describe, expect, it } from 'vitest';
import { findCycles } from './cycles.ts';

const CASES: { name: string; graph: Record<string, string[]>; cycles: string[][] }[] = [
  { name: 'nothing', graph: {}, cycles: [] },
  { name: 'a diamond', graph: { a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }, cycles: [] },
  { name: 'itself', graph: { a: ['a'] }, cycles: [['a', 'a']] },
  { name: 'a pair behind another file', graph: { a: ['b'], b: ['c'], c: ['b'] }, cycles: [['b', 'c', 'b']] },
  { name: 'files that are not in the graph', graph: { a: ['elsewhere'] }, cycles: [] },
  {
    name: 'two apart',
    graph: { a: ['b'], b: ['a'], c: ['d'], d: ['c'] },
    cycles: [
      ['a', 'b', 'a'],
      ['c', 'd', 'c'],
    ],
  },
];

describe('findCycles', () => {
  for (const { name, graph, cycles } of CASES) {
    it(name, () => expect(findCycles(new Map(Object.entries(graph)))).toEqual(cycles));
  }
});
