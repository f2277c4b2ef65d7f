import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Deframer } from '../../src/syslog/deframer.ts';

/** What comes out of a stream that arrives in these pieces; cut messages end in `+` and how much was cut. */
function framesOf(pieces: readonly (string | Buffer)[], messageBytes = 100): string[] {
  const deframer = new Deframer(messageBytes);
  const frames = pieces.flatMap((piece) => deframer.push(Buffer.from(piece)));
  return [...frames, ...deframer.end()].map(({ bytes, cutBytes }) =>
    cutBytes === 0 ? bytes.toString() : `${bytes.toString()}+${cutBytes}`,
  );
}

describe('RFC 6587', () => {
  test.each([
    ['newlines', ['<13>one\n<13>two\n'], ['<13>one', '<13>two']],
    ['NUL instead', ['<13>one\0<13>two\0'], ['<13>one', '<13>two']],
    ['newline and NUL, empty lines', ['\n<13>one\n\0\n\n<13>two'], ['<13>one', '<13>two']],
    ['a line in pieces', ['<1', '3>o', 'ne\n<'], ['<13>one', '<']],
    ['octet counts', ['7 <13>one8 <13>t\nwo'], ['<13>one', '<13>t\nwo']],
    ['an octet count in pieces', ['1', '0', ' ', '<13', '>abcdef', '7 <13>one'], ['<13>abcdef', '<13>one']],
    ['both, one after the other', ['7 <13>one<13>two\n7 <13>one'], ['<13>one', '<13>two', '<13>one']],
    ['a newline after a counted message', ['7 <13>one\n7 <13>two\n'], ['<13>one', '<13>two']],
    ['a line that begins with a number', ['12 apples\n7 up'], ['12 apples', '7 up']],
    ['a number that is too long for a length', ['12345678 <13>x\n'], ['12345678 <13>x']],
    ['a number and the end', ['12'], ['12']],
    ['a leading zero is no length', ['07 <13>one\n'], ['07 <13>one']],
    ['a counted message that is cut off', ['20 <13>one'], ['<13>one']],
    ['nothing', ['', '\n'], []],
  ])('%s', (_, pieces, frames) => {
    expect(framesOf(pieces)).toEqual(frames);
  });

  test.each([
    ['a line', '<13>0123456789\n<13>next\n', ['<13>012345+4', '<13>next']],
    ['a counted message', '14 <13>01234567898 <13>next', ['<13>012345+4', '<13>next']],
  ])('%s that is too long is cut, and the next one is whole', (_, text, frames) => {
    expect(framesOf([text], 10)).toEqual(frames);
    expect(framesOf([...text], 10)).toEqual(frames);
  });

  test('however a stream is cut into pieces, the messages are the same', () => {
    const part = fc.constantFrom('<13>a: b', '\n', '\0', '8 ', '12 ', '1', ' ', '<', 'x'.repeat(30));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), fc.array(fc.nat(7)), (parts, cuts) => {
        const text = parts.join('');
        const pieces: string[] = [];
        for (let at = 0, n = 0; at < text.length; n += 1) {
          const length = 1 + (cuts[n % Math.max(1, cuts.length)] ?? 3);
          pieces.push(text.slice(at, at + length));
          at += length;
        }
        expect(framesOf(pieces, 20)).toEqual(framesOf([text], 20));
      }),
      { seed: 6587, numRuns: 500 },
    );
  });

  test('no bytes are lost but those that frame messages', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z ]{1,30}$/)), (lines) => {
        const counted = lines.map((line) => `<13>${line}`).map((line) => `${line.length} ${line}`);
        expect(framesOf([counted.join('')])).toEqual(lines.map((line) => `<13>${line}`));
        expect(framesOf([lines.map((line) => `<13>${line}\n`).join('')])).toEqual(
          lines.map((line) => `<13>${line}`),
        );
      }),
      { seed: 6587 },
    );
  });
});
