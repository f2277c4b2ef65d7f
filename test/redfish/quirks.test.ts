import { describe, expect, it } from 'vitest';
import type { BootOverride } from '../../src/domain/power/power.ts';
import { bootAttempts } from '../../src/redfish/boot-override.ts';
import { QUIRK_ROWS, type Quirks, quirksOf, STANDARD } from '../../src/redfish/quirks.ts';

const record = { vendor: null, model: null };
const PXE: BootOverride = { device: 'pxe', firmware: 'uefi', persistent: false };
const WITH = {
  BootSourceOverrideTarget: 'Pxe',
  BootSourceOverrideEnabled: 'Once',
  BootSourceOverrideMode: 'UEFI',
};
const WITHOUT = { BootSourceOverrideTarget: 'Pxe', BootSourceOverrideEnabled: 'Once' };
const CLEAR = {
  BootSourceOverrideTarget: 'None',
  BootSourceOverrideEnabled: 'Disabled',
  BootSourceOverrideMode: 'UEFI',
};

interface Case {
  readonly vendor: string;
  readonly model: string;
  readonly quirks: Partial<Quirks>;
}

/** What machines say of themselves, for every row of the table in its order. */
const MACHINES: readonly Case[] = [
  { vendor: 'Dell Inc.', model: 'PowerEdge R640', quirks: { serial: 'SKU' } },
  { vendor: 'HPE', model: 'ProLiant DL360 Gen10', quirks: { bootMode: 'change', clearTarget: 'Pxe' } },
  { vendor: 'HP', model: 'ProLiant DL360 Gen9', quirks: { bootMode: 'change', clearTarget: 'Pxe' } },
  { vendor: 'Supermicro', model: 'SYS-120U-TNR', quirks: { bootMode: 'always', cdTargets: ['UsbCd', 'Cd'] } },
  { vendor: 'Supermicro', model: 'ARS-111GL-NHR', quirks: { bootMode: 'always', cdTargets: ['Cd'] } },
  { vendor: 'AMI', model: 'X', quirks: { bootAt: 'settings' } },
  { vendor: 'ASRock', model: 'WRX80', quirks: { bootAt: 'settings' } },
  { vendor: 'ASRockRack', model: 'ROMED8-2T', quirks: { bootAt: 'settings' } },
];

describe('quirks', () => {
  it('has a machine here for every row', () => {
    expect(MACHINES.map(({ vendor }) => vendor.replace(/ Inc\.$/, ''))).toEqual(
      QUIRK_ROWS.map(({ vendor }) => vendor),
    );
  });

  it.each(MACHINES)('are those of $vendor $model', ({ vendor, model, quirks }) => {
    expect(quirksOf({ Manufacturer: vendor, Model: model }, record)).toEqual({ ...STANDARD, ...quirks });
    expect(quirksOf({}, { vendor: vendor.toUpperCase(), model })).toEqual({ ...STANDARD, ...quirks });
  });

  it.each([{}, { Manufacturer: 'Contoso' }, { Manufacturer: 'Hpx' }, { Manufacturer: 7 }])(
    'are none of %j',
    (system) => {
      expect(quirksOf(system, record)).toEqual(STANDARD);
    },
  );

  it('are those of the record, where it says what the machine is', () => {
    expect(quirksOf({ Manufacturer: 'Supermicro' }, { vendor: 'Contoso', model: null })).toEqual(STANDARD);
  });
});

describe('the ways of writing an override', () => {
  const uefi = { BootSourceOverrideMode: 'UEFI' };
  const rows: [string, BootOverride, object, Partial<Quirks>, boolean, [string, object][]][] = [
    [
      'standard, in the right mode',
      PXE,
      uefi,
      {},
      false,
      [
        ['system', WITH],
        ['system', WITHOUT],
      ],
    ],
    ['standard, in the wrong mode', PXE, { BootSourceOverrideMode: 'Legacy' }, {}, false, [['system', WITH]]],
    [
      'standard, with future settings',
      PXE,
      {},
      {},
      true,
      [
        ['system', WITH],
        ['settings', WITH],
      ],
    ],
    ['Supermicro: the mode goes along always', PXE, uefi, { bootMode: 'always' }, false, [['system', WITH]]],
    [
      'Supermicro: and where it ends',
      { ...PXE, device: 'none' },
      uefi,
      { bootMode: 'always' },
      false,
      [['system', CLEAR]],
    ],
    ['HPE: the mode cannot be written', PXE, uefi, { bootMode: 'change' }, false, [['system', WITHOUT]]],
    ['HPE: nothing else would do', PXE, {}, { bootMode: 'change' }, false, [['system', WITH]]],
    [
      'HPE: no target None',
      { ...PXE, device: 'none' },
      uefi,
      { bootMode: 'change', clearTarget: 'Pxe' },
      false,
      [['system', { BootSourceOverrideTarget: 'Pxe', BootSourceOverrideEnabled: 'Disabled' }]],
    ],
    [
      'AMI: in the future settings',
      PXE,
      {},
      { bootAt: 'settings' },
      false,
      [
        ['settings', WITH],
        ['system', WITH],
      ],
    ],
    [
      'HTTP boot without DHCP',
      { ...PXE, httpBootUri: 'http://10.0.0.1/boot.efi' },
      {},
      {},
      false,
      [
        [
          'system',
          { ...WITH, BootSourceOverrideTarget: 'UefiHttp', HttpBootUri: 'http://10.0.0.1/boot.efi' },
        ],
      ],
    ],
    [
      'legacy, for good',
      { device: 'disk', firmware: 'bios', persistent: true },
      {},
      {},
      false,
      [
        [
          'system',
          {
            BootSourceOverrideTarget: 'Hdd',
            BootSourceOverrideEnabled: 'Continuous',
            BootSourceOverrideMode: 'Legacy',
          },
        ],
      ],
    ],
  ];
  it.each(rows)('%s', (_name, override, boot, quirks, hasSettings, attempts) => {
    const made = bootAttempts(
      override,
      boot as Record<string, unknown>,
      { ...STANDARD, ...quirks },
      hasSettings,
    );
    expect(made.map(({ at, body }) => [at, body.Boot])).toEqual(attempts);
  });

  const cds: [readonly string[] | undefined, readonly string[], string][] = [
    [undefined, ['UsbCd', 'Cd'], 'UsbCd'],
    [['Pxe', 'Cd'], ['UsbCd', 'Cd'], 'Cd'],
    [['UsbCd', 'Cd'], ['Cd'], 'Cd'],
  ];
  it.each(cds)('of %j and the names %j a CD is %s', (allowed, cdTargets, name) => {
    const boot = allowed === undefined ? {} : { 'BootSourceOverrideTarget@Redfish.AllowableValues': allowed };
    const [first] = bootAttempts({ ...PXE, device: 'cdrom' }, boot, { ...STANDARD, cdTargets }, false);
    expect(first?.body.Boot['BootSourceOverrideTarget']).toBe(name);
  });

  it('refuses a device that is not offered', () => {
    const boot = { 'BootSourceOverrideTarget@Redfish.AllowableValues': ['Hdd', 'Usb'] };
    expect(() => bootAttempts(PXE, boot, STANDARD, false)).toThrow(
      'cannot boot from Pxe (it offers Hdd, Usb)',
    );
  });
});
