import { expect, it } from 'vitest';
import { effectiveRows } from '../../../../server/http/pages/effective-rows.ts';
import { apiSystem } from '../../../support/api-records.ts';

const NONE = { kernelArgs: [], settings: {}, sources: {} };
const row = (name: string, effective: Parameters<typeof effectiveRows>[1], system = apiSystem()) =>
  effectiveRows(system, effective).find((one) => one.name === name);

it('what is chosen is told with who says so, in the words of the form', () => {
  expect(row('Loader', NONE)).toEqual({ name: 'Loader', values: ['ipxe'], from: 'default' });
  expect(row('Kernel arguments', NONE)).toBeUndefined();
  expect(row('Kernel arguments', { ...NONE, kernelArgs: ['a', 'b=1'] })?.values).toEqual(['a', 'b=1']);
});

it('a setting has one line a value, and a key its end only', () => {
  const key = `ssh-ed25519 ${'A'.repeat(60)}ENDOFKEY ada@office`;
  const settings = { sshKeys: [key, 'short'], vars: { a: '1', b: '2' }, timezone: 'UTC', packages: [] };
  const effective = { ...NONE, settings, sources: { sshKeys: 'profile' } as const };
  expect(row('SSH keys', effective)).toEqual({
    name: 'SSH keys',
    values: ['ssh-ed25519 …ENDOFKEY ada@office', 'short'],
    from: 'profile',
  });
  expect(row('Variables', effective)).toMatchObject({ values: ['a=1', 'b=2'], from: 'default' });
  expect(row('Packages', effective)?.values).toEqual([]);
});

it.each([
  ['system', null, 'system'],
  ['system', 'uefi', 'system'],
  ['system', 'bios', 'system; heard: bios'],
  ['heard', 'uefi', 'heard since 2026-11-22 09:00:00'],
  ['loader', null, 'its loader; not heard yet'],
  ['default', null, 'default; not heard yet'],
] as const)('the firmware that %s says, when %s was heard', (from, firmware, says) => {
  const heard = firmware === null ? null : { firmware, at: '2026-11-22T09:00:00Z' };
  const system = apiSystem();
  const effective = { ...system.effective, firmware: { value: 'uefi', from, heard } as const };
  expect(row('Firmware', NONE, { ...system, effective })).toEqual({
    name: 'Firmware',
    values: ['uefi'],
    from: says,
  });
});
