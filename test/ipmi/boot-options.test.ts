import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BOOT_DEVICES, type BootOverride, FIRMWARES } from '../../src/domain/power/power.ts';
import { decodeBootFlags, encodeBootFlags, setBootFlags } from '../../src/ipmi/boot-options.ts';
import { MalformedMessage } from '../../src/ipmi/malformed.ts';

/** As ipmitool and others put them on the wire; the UEFI flag is what tools have lost (B8). */
const FLAGS: readonly { name: string; value: BootOverride; bytes: string }[] = [
  {
    name: 'PXE once, UEFI',
    value: { device: 'pxe', firmware: 'uefi', persistent: false },
    bytes: 'a004000000',
  },
  {
    name: 'PXE always, UEFI',
    value: { device: 'pxe', firmware: 'uefi', persistent: true },
    bytes: 'e004000000',
  },
  {
    name: 'PXE always, BIOS',
    value: { device: 'pxe', firmware: 'bios', persistent: true },
    bytes: 'c004000000',
  },
  {
    name: 'disk once, BIOS',
    value: { device: 'disk', firmware: 'bios', persistent: false },
    bytes: '8008000000',
  },
  {
    name: 'CD once, UEFI',
    value: { device: 'cdrom', firmware: 'uefi', persistent: false },
    bytes: 'a014000000',
  },
  {
    name: 'setup once, UEFI',
    value: { device: 'bios', firmware: 'uefi', persistent: false },
    bytes: 'a018000000',
  },
];

describe('boot flags', () => {
  test.each(FLAGS)('$name', ({ value, bytes }) => {
    expect(encodeBootFlags(value).toString('hex')).toBe(bytes);
    expect(decodeBootFlags(Buffer.from(`0105${bytes}`, 'hex'))).toEqual({ valid: true, ...value });
  });

  test('no override is no flag at all, so that the firmware mode stays as well', () => {
    const none = encodeBootFlags({ device: 'none', firmware: 'uefi', persistent: true });
    expect(none.toString('hex')).toBe('0000000000');
  });

  test('come back as they were set', () => {
    const override = fc.record({
      device: fc.constantFrom(...BOOT_DEVICES.filter((device) => device !== 'none')),
      firmware: fc.constantFrom(...FIRMWARES),
      persistent: fc.boolean(),
    });
    fc.assert(
      fc.property(override, (value) => {
        const answer = Buffer.concat([Buffer.from([1, 5]), encodeBootFlags(value)]);
        expect(decodeBootFlags(answer)).toEqual({ valid: true, ...value });
      }),
      { seed: 5 },
    );
  });

  test.each([
    ['locked parameter', '0185a004000000', { valid: false }],
    ['not valid', '01052004000000', { valid: false, device: 'pxe' }],
    ['a device without a name here', '0105803c000000', { valid: true, device: undefined }],
  ])('%s', (_, bytes, flags) => {
    expect(decodeBootFlags(Buffer.from(bytes, 'hex'))).toMatchObject(flags);
  });

  test('another parameter and every beginning are malformed', () => {
    expect(() => decodeBootFlags(Buffer.from('0103a004000000', 'hex'))).toThrow(MalformedMessage);
    for (let length = 0; length < 7; length += 1)
      expect(() => decodeBootFlags(Buffer.alloc(length, 5))).toThrow(MalformedMessage);
  });
});

test('parameters 3, 4 and 5 are set in this order', () => {
  const { before, flags } = setBootFlags({ device: 'pxe', firmware: 'uefi', persistent: false });
  expect([...before, flags].map(({ data }) => data.toString('hex'))).toEqual([
    '031f',
    '040101',
    '05a004000000',
  ]);
});
