import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeNetascii } from '../../src/tftp/netascii.ts';

test.for([
  { file: '', wire: '' },
  { file: 'plain', wire: 'plain' },
  { file: 'a\nb\n', wire: 'a\r\nb\r\n' },
  { file: 'a\rb', wire: 'a\r\0b' },
  { file: 'a\r\nb', wire: 'a\r\0\r\nb' },
  { file: '\xff\0\x80', wire: '\xff\0\x80' },
])('$file', ({ file, wire }) => {
  expect(encodeNetascii(Buffer.from(file, 'latin1')).toString('latin1')).toBe(wire);
});

test('a client that turns CR LF and CR NUL back has the file again', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(0, 10, 13, 65), { maxLength: 40 }), (bytes) => {
      const wire = encodeNetascii(Buffer.from(bytes)).toString('latin1');
      const read = wire.replace(/\r[\n\0]/g, (pair) => (pair === '\r\n' ? '\n' : '\r'));
      expect([...Buffer.from(read, 'latin1')]).toEqual(bytes);
    }),
    { seed: 764, numRuns: 2_000 },
  );
});
