import { expect, it } from 'vitest';
import { chosenFirmware, firmwareDoubt, heardFirmware } from '../../../src/domain/boot/chosen-firmware.ts';

const AT = '2026-11-22T09:00:00.000Z';
const heard = { firmware: 'bios', at: AT } as const;

it.each([
  { name: 'the record before all', args: ['uefi', heard, 'pxelinux'], is: ['uefi', 'system'] },
  { name: 'what was heard before a guess', args: [null, heard, 'ipxe'], is: ['bios', 'heard'] },
  { name: 'a loader that is for BIOS alone', args: [null, null, 'pxelinux'], is: ['bios', 'loader'] },
  { name: 'UEFI where nothing is known', args: [null, null, 'ipxe'], is: ['uefi', 'default'] },
] as const)('$name', ({ args: [record, known, loader], is: [value, from] }) => {
  expect(chosenFirmware(record, known, loader)).toEqual({ value, from, heard: known });
});

const discover = (archCodes: string, netboot = true) =>
  heardFirmware({ stage: 'dhcp-discover', data: { netboot, archCodes } });

it.each([
  { name: 'BIOS', codes: '0', is: 'bios' },
  { name: 'BIOS by HTTP', codes: '20', is: 'bios' },
  { name: 'x64 UEFI as the world says it', codes: '7', is: 'uefi' },
  { name: 'x64 UEFI as RFC 4578 says it', codes: '9', is: 'uefi' },
  { name: 'UEFI HTTP boot', codes: '16', is: 'uefi' },
  { name: 'arm64', codes: '11', is: 'uefi' },
  { name: 'several, one of which no BIOS has', codes: '0,7', is: 'uefi' },
  { name: 'a number that says neither', codes: '14', is: undefined },
  { name: 'no number', codes: '', is: undefined },
])('option 93 says $name', ({ codes, is }) => {
  expect(discover(codes)).toBe(is);
});

it('is not told by an operating system, nor by another packet', () => {
  expect(discover('0', false)).toBeUndefined();
  expect(heardFirmware({ stage: 'dhcp-request', data: { netboot: true, archCodes: '0' } })).toBeUndefined();
});

it('a guess says so, and how to correct it', () => {
  expect(firmwareDoubt(chosenFirmware(null, null, 'ipxe'), 'web001')).toBe(
    'its firmware is not known yet: asked for UEFI; if it is not: provision system edit web001 --bmc-firmware bios',
  );
  expect(firmwareDoubt(chosenFirmware(null, null, 'pxelinux'), 'web001')).toContain(
    'asked for BIOS, as its loader is pxelinux',
  );
  expect(firmwareDoubt(chosenFirmware(null, heard, 'ipxe'), 'web001')).toBeUndefined();
});
