import { expect, test } from 'vitest';
import { showName } from '../../../server/tftp/timeline.ts';

test.each([
  { name: 'plain', asked: 'boot/snponly.efi', shown: 'boot/snponly.efi' },
  { name: 'what a ROM appends', asked: 'undionly.kpxe\xff', shown: String.raw`undionly.kpxe\xff` },
  { name: 'control characters', asked: 'a\x1b[2J\r\n', shown: String.raw`a\x1b[2J\x0d\x0a` },
  { name: 'a backslash is not taken for an escape', asked: String.raw`\xff`, shown: String.raw`\\xff` },
  { name: 'long', asked: 'a'.repeat(600), shown: `${'a'.repeat(120)}… (600 characters)` },
])('a name is shown as printable text: $name', ({ asked, shown }) => {
  expect(showName(asked)).toBe(shown);
});
