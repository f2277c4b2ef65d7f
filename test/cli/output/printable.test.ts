import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, printableJson } from '../../../src/cli/output/printable.ts';
import { nearest } from '../../../src/domain/nearest.ts';

describe('text that comes from elsewhere', () => {
  it.each([
    ['plain ä 漢', 'plain ä 漢'],
    ['\u001b[2J', '\\u{1b}[2J'],
    ['a\tb\r\nc', 'a\\u{9}b\\u{d}\\u{a}c'],
    ['\u009b31m', '\\u{9b}31m'],
    ['abc\u202edef', 'abc\\u{202e}def'],
  ])('%j is shown as %j', (text, shown) => expect(printable(text)).toBe(shown));

  it('keeps the value of JSON, and leaves nothing in it that a terminal obeys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
        const json = printableJson({ value, text });
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify({ value, text })));
        expect(json.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
      }),
      { seed: 20261122, numRuns: 300 },
    );
  });
});

describe('nearest', () => {
  it.each([
    ['timezne', 'timezone'],
    ['DISK', 'disk'],
    ['dik', 'disk'],
    ['xyz', undefined],
    ['', undefined],
  ])('%j -> %j', (text, expected) => expect(nearest(text, ['timezone', 'disk', 'locale'])).toBe(expected));
});
