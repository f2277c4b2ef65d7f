import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maskToken, maskTokenInStream } from '../../../src/services/installer-logs/token-mask.ts';

const TOKEN = 'dGhlIHRva2VuIG9mIGFuIGluc3RhbGwgMTIzNDU2Nzg';

test.each([
  ['whole, twice', `a ${TOKEN} b ${TOKEN}`, 'a <token> b <token>'],
  ['cut off at the end', `url=http://x/i/${TOKEN.slice(0, 20)}`, 'url=http://x/i/<token>'],
  ['cut off at the beginning', `${TOKEN.slice(-30)}/answer`, '<token>/answer'],
  ['so little that it says nothing', `x ${TOKEN.slice(0, 7)}`, `x ${TOKEN.slice(0, 7)}`],
  ['none', 'nothing here', 'nothing here'],
])('a line with a token: %s', (_, line, masked) => {
  expect(maskToken(line, TOKEN)).toBe(masked);
});

test('a stream has none, however it comes in pieces, and all the rest', async () => {
  const part = fc.constantFrom('abc', '\n', TOKEN, TOKEN.slice(0, 10), TOKEN.slice(10));
  await fc.assert(
    fc.asyncProperty(
      fc.array(part, { maxLength: 12 }),
      fc.integer({ min: 1, max: 60 }),
      async (parts, size) => {
        const text = parts.join('');
        const pieces = async function* () {
          for (let at = 0; at < text.length; at += size) yield Buffer.from(text.slice(at, at + size));
        };
        const masked: Buffer[] = [];
        for await (const piece of maskTokenInStream(pieces(), TOKEN)) masked.push(piece);
        const part = text.startsWith(TOKEN.slice(10)) ? '<token>' : '';
        const rest = text.slice(part === '' ? 0 : TOKEN.length - 10);
        expect(Buffer.concat(masked).toString()).toBe(`${part}${rest.replaceAll(TOKEN, '<token>')}`);
      },
    ),
    { seed: 43 },
  );
});
