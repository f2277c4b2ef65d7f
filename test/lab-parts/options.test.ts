import { expect, test } from 'vitest';
import { parseOptions, UsageError } from '../lab/options.ts';
import { CHAIN_NAMES, FAULT_NAMES, SCENARIO_NAMES } from '../lab/scenarios.ts';

test.each([
  { args: [], mode: 'full', scenarios: ['bios'] },
  { args: ['--quick'], mode: 'quick', scenarios: CHAIN_NAMES },
  { args: ['--quick', '--scenario', 'faults'], mode: 'quick', scenarios: FAULT_NAMES },
  { args: ['--image'], mode: 'image', scenarios: ['bios'] },
  { args: ['--image', '--scenario', 'ipmi'], mode: 'image', scenarios: ['ipmi'] },
  { args: ['--image', '--firmware', 'both'], mode: 'image', scenarios: ['bios', 'uefi'] },
  { args: ['--quick', '--firmware', 'uefi'], mode: 'quick', scenarios: ['uefi'] },
  { args: ['--quick', '--scenario', 'uefi-http,bios'], mode: 'quick', scenarios: ['uefi-http', 'bios'] },
  {
    args: ['--quick', '--scenario', 'all', '--jobs', '2'],
    mode: 'quick',
    scenarios: SCENARIO_NAMES,
    jobs: 2,
  },
])('$args is a $mode run', ({ args, ...wanted }) => {
  expect(parseOptions(args)).toMatchObject({ jobs: 1, json: false, keep: false, ...wanted });
});

test.each([
  { args: ['--quick', '--image'], message: /choose one/ },
  { args: ['--firmware', 'coreboot'], message: /bios, uefi or both/ },
  { args: ['--firmware', 'bios', '--scenario', 'uefi'], message: /give one/ },
  { args: ['--quick', '--scenario', 'floppy'], message: /floppy: expected bios, uefi/ },
  { args: ['--image', '--scenario', 'uefi-http'], message: /uefi-http is for --quick/ },
  { args: ['--image', '--scenario', 'faults'], message: /lost-callback is for --quick/ },
  { args: ['--quick', '--jobs', '0'], message: /from 1 to 9/ },
  { args: ['--fast'], message: /--fast/ },
  { args: ['quick'], message: /quick/ },
])('$args is refused', ({ args, message }) => {
  expect(() => parseOptions(args)).toThrow(UsageError);
  expect(() => parseOptions(args)).toThrow(message);
});
