import { describe, expect, it } from 'vitest';
import type { BootOverride } from '../../src/domain/power/power.ts';
import { readBoot } from '../../src/redfish/boot-override.ts';
import { AMI, type Flavour, IDRAC9, ILO5, PLAIN, SUPERMICRO } from '../support/redfish-sim/flavours.ts';
import { bmcErrorOf, withRedfish } from '../support/redfish-sim/redfish-session.ts';
import { SimulatedRedfish } from '../support/redfish-sim/simulated-redfish.ts';

const PXE: BootOverride = { device: 'pxe', firmware: 'uefi', persistent: false };
const setOn = (sim: SimulatedRedfish, override: BootOverride = PXE) =>
  withRedfish(sim, (session) => session.setBootDevice(override));
const patches = (sim: SimulatedRedfish) => sim.bodies.map(({ path }) => path.replace(sim.systemPath, ''));

describe('firmware that does otherwise', () => {
  it('says 400 and does it: done, and written once (B12)', async () => {
    const sim = new SimulatedRedfish({ ...IDRAC9, saysNoAndDoes: true });
    expect(await setOn(sim)).toEqual(PXE);
    expect(patches(sim)).toEqual(['']);
  });

  it('takes "once" and leaves all as it is: told by what is read back (B12)', async () => {
    const sim = new SimulatedRedfish({ ...IDRAC9, ignoresOnce: true });
    expect(await setOn(sim)).toEqual({ device: 'none', firmware: 'uefi', persistent: false });
  });

  it('loses the mode that is not sent again (B13)', async () => {
    const sim = new SimulatedRedfish(SUPERMICRO);
    sim.state.boot.mode = 'Legacy';
    expect(await setOn(sim)).toEqual(PXE);
    expect(await setOn(sim)).toEqual(PXE);
    expect(sim.state.boot.mode).toBe('UEFI');
  });

  const ami: [string, Flavour][] = [
    ['by its vendor', AMI],
    ['by what it says', { ...AMI, vendor: 'Somebody' }],
  ];
  it.each(ami)('wants the future settings, known %s (B13)', async (_name, flavour) => {
    const sim = new SimulatedRedfish(flavour);
    expect(await setOn(sim)).toEqual(PXE);
    expect(patches(sim).at(-1)).toBe('/SD');
    expect(sim.state.boot).toMatchObject({ target: 'Pxe', enabled: 'Once', mode: 'UEFI' });
  });

  it('writes and reads back a URL to boot from (B14)', async () => {
    const sim = new SimulatedRedfish(SUPERMICRO);
    const url = { ...PXE, httpBootUri: 'http://10.0.0.1/ipxe.efi' };
    expect(await setOn(sim, url)).toEqual(url);
    expect(sim.state.boot).toMatchObject({ target: 'UefiHttp', httpUri: 'http://10.0.0.1/ipxe.efi' });
    expect(await setOn(sim)).toEqual(PXE);
  });

  it('cannot change the mode: told, not ignored', async () => {
    const sim = new SimulatedRedfish(ILO5);
    const error = await bmcErrorOf(setOn(sim, { ...PXE, firmware: 'bios' }));
    expect(error.failure).toBe('refused');
    expect(error.message).toContain('BootSourceOverrideMode is read-only.');
  });

  it('refuses a mode that is right already: goes without it', async () => {
    const sim = new SimulatedRedfish({ ...PLAIN, modeIsReadOnly: true });
    expect(await setOn(sim)).toEqual(PXE);
    expect(patches(sim)).toEqual(['', '']);
  });

  it.each(['none', 'strong', 'weak', 'required'] as const)('treats ETags its own way: %s', async (etag) => {
    const sim = new SimulatedRedfish({ ...PLAIN, etag });
    expect(await setOn(sim)).toEqual(PXE);
  });

  it('has not the device: nothing is sent', async () => {
    const sim = new SimulatedRedfish({ ...PLAIN, bootTargets: ['None', 'Hdd'] });
    const error = await bmcErrorOf(setOn(sim));
    expect([error.failure, error.message]).toEqual([
      'unsupported',
      'cannot boot from Pxe (it offers None, Hdd)',
    ]);
    expect(sim.bodies).toEqual([]);
  });
});

describe('what a system says of its override', () => {
  const boot = (target: unknown, enabled: unknown, mode: unknown) => ({
    Boot: {
      BootSourceOverrideTarget: target,
      BootSourceOverrideEnabled: enabled,
      BootSourceOverrideMode: mode,
    },
  });
  const rows: [object, BootOverride | null][] = [
    [boot('Pxe', 'Once', 'UEFI'), PXE],
    [boot('UefiHttp', 'Once', undefined), PXE],
    [boot('Hdd', 'Continuous', 'Legacy'), { device: 'disk', firmware: 'bios', persistent: true }],
    [boot('UsbCd', 'Once', 'UEFI'), { device: 'cdrom', firmware: 'uefi', persistent: false }],
    [boot('BiosSetup', 'Once', undefined), { device: 'bios', firmware: 'bios', persistent: false }],
    [boot('Pxe', 'Disabled', 'UEFI'), { device: 'none', firmware: 'uefi', persistent: false }],
    [boot('UefiShell', 'Once', 'UEFI'), null],
    [boot('toString', 'Once', 'UEFI'), null],
    [boot(7, 'Once', 'UEFI'), null],
    [boot('Pxe', null, 'UEFI'), null],
    [{ Boot: [] }, null],
    [{}, null],
  ];
  it.each(rows)('%j', (system, override) => {
    expect(readBoot(system as Record<string, unknown>, 'bios')).toEqual(override);
  });
});
