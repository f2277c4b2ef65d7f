import { expect, test } from 'vitest';
import { parseOptions, UsageError } from '../lab/options.ts';

test.each([
  { args: [], mode: 'full', firmwares: ['bios'] },
  { args: ['--quick'], mode: 'quick', firmwares: ['bios', 'uefi'] },
  { args: ['--image'], mode: 'image', firmwares: ['bios'] },
  { args: ['--image', '--firmware', 'both'], mode: 'image', firmwares: ['bios', 'uefi'] },
  { args: ['--quick', '--firmware', 'uefi'], mode: 'quick', firmwares: ['uefi'] },
])('$args is a $mode run', ({ args, mode, firmwares }) => {
  expect(parseOptions(args)).toMatchObject({ mode, firmwares, json: false, keep: false });
});

test.each([
  { args: ['--quick', '--image'], message: /choose one/ },
  { args: ['--firmware', 'coreboot'], message: /bios, uefi or both/ },
  { args: ['--fast'], message: /--fast/ },
  { args: ['quick'], message: /quick/ },
])('$args is refused', ({ args, message }) => {
  expect(() => parseOptions(args)).toThrow(UsageError);
  expect(() => parseOptions(args)).toThrow(message);
});
