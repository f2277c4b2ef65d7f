import { describe, expect, it } from 'vitest';
import { parseRange } from '../../../../server/http/boot/byte-range.ts';

describe('parseRange, RFC 9110 §14.1.2, of a file of 10 bytes', () => {
  it.each([
    { header: undefined, range: undefined },
    { header: 'bytes=0-0', range: { from: 0, to: 0 } },
    { header: 'bytes=0-9', range: { from: 0, to: 9 } },
    { header: 'bytes=3-', range: { from: 3, to: 9 } },
    { header: 'bytes=9-', range: { from: 9, to: 9 } },
    { header: 'bytes=3-99', range: { from: 3, to: 9 } },
    { header: 'bytes=-3', range: { from: 7, to: 9 } },
    { header: 'bytes=-10', range: { from: 0, to: 9 } },
    { header: 'bytes=-99', range: { from: 0, to: 9 } },
    { header: ' bytes=1-2 ', range: { from: 1, to: 2 } },
    { header: 'bytes=10-', range: 'unsatisfiable' },
    { header: 'bytes=10-11', range: 'unsatisfiable' },
    { header: 'bytes=999999999999999-', range: 'unsatisfiable' },
    { header: 'bytes=-0', range: 'unsatisfiable' },
    { header: 'bytes=5-3', range: undefined },
    { header: 'bytes=-', range: undefined },
    { header: 'bytes=', range: undefined },
    { header: 'bytes=0-1,3-4', range: undefined },
    { header: 'bytes=0x1-2', range: undefined },
    { header: 'bytes=1e1-', range: undefined },
    { header: 'bytes=--3', range: undefined },
    { header: 'bytes=9999999999999999-', range: undefined },
    { header: 'items=0-1', range: undefined },
    { header: '0-1', range: undefined },
  ])('$header', ({ header, range }) => {
    expect(parseRange(header, 10)).toEqual(range);
  });

  it.each(['bytes=0-', 'bytes=0-0', 'bytes=-1'])('%s of an empty file', (header) => {
    expect(parseRange(header, 0)).toBe('unsatisfiable');
  });
});
