import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/domain/access/secret.ts';
import type { BmcSession } from '../../../src/domain/power/bmc-driver.ts';
import type { BootOverride } from '../../../src/domain/power/power.ts';
import { askedBmc } from '../../support/bmc-sim/asked-bmc.ts';
import type { BootFlags } from '../../support/bmc-sim/boot-options.ts';
import { QUIRKS } from '../../support/bmc-sim/quirks.ts';

const power = (session: BmcSession) => session.powerState();
const cycle = (session: BmcSession) => session.power('cycle');
const SET_BOOT_OPTIONS = 0x0008;
const CIPHER_SUITES = 0x0654;
const UEFI_PXE: BootOverride = { device: 'pxe', firmware: 'uefi', persistent: false };

describe('B1: cipher suites', () => {
  it.each(['B1 suite 3 only', 'B1 suite 17 only'] as const)(
    '%s: gets in, and knows it next time',
    async (row) => {
      const { ask, net } = askedBmc(QUIRKS[row]);
      expect(await ask(power)).toBe('on');
      net.asked = 0;
      expect(await ask(power)).toBe('on');
      // Open Session, RAKP 1, RAKP 3, Get Chassis Status, Close Session: nothing is tried again.
      expect(net.asked).toBe(5);
    },
  );

  it('says so where there is none that is safe', async () => {
    await expect(askedBmc(QUIRKS['B1 neither']).ask(power)).rejects.toMatchObject({ failure: 'no-cipher' });
  });

  it('tries no other where one was asked for', async () => {
    const asked = askedBmc(QUIRKS['B1 suite 3 only']).ask(power, { cipherSuite: 17 });
    await expect(asked).rejects.toMatchObject({ failure: 'no-cipher' });
  });
});

it('B2: proposes one algorithm of a kind', async () => {
  expect(await askedBmc(QUIRKS['B2 one proposal']).ask(power)).toBe('on');
});

it.each(['B3 no list of suites', 'B3 a wrong list of suites'] as const)(
  '%s: never asks for it',
  async (row) => {
    const { ask, bmc, net } = askedBmc(QUIRKS[row]);
    expect(await ask(power)).toBe('on');
    expect(bmc.heard.map(({ code }) => code)).not.toContain(CIPHER_SUITES);
    expect(net.timers.nowMs).toBeLessThan(1_000);
  },
);

describe('B4: cipher suite 0', () => {
  it('is not used where it is the only one', async () => {
    const { ask, bmc } = askedBmc(QUIRKS['B4 suite 0 alone']);
    await expect(ask(power)).rejects.toMatchObject({ failure: 'no-cipher' });
    expect(bmc.sessions.opened).toBe(0);
  });

  it('does not let a wrong password in', async () => {
    const { ask } = askedBmc(QUIRKS['B4 suite 0 beside others']);
    const asked = ask(power, { password: new Secret('wrong') });
    await expect(asked).rejects.toMatchObject({ failure: 'wrong-credentials' });
  });
});

describe('B5: few sessions', () => {
  it('gives each back: after success, after failure, and after a refusal', async () => {
    const { ask, bmc } = askedBmc(QUIRKS['B5 one session']);
    for (let round = 0; round < 5; round += 1) expect(await ask(power)).toBe('on');
    await expect(ask(() => Promise.reject(new Error('of the work')))).rejects.toThrow('of the work');
    await expect(ask(cycle, { user: 'viewer', password: new Secret('look') })).rejects.toThrow();
    await expect(ask(power, { password: new Secret('wrong') })).rejects.toThrow();
    expect(bmc.sessions.count).toBe(0);
    expect(await ask(power)).toBe('on');
  });

  it('says that none is left, and gets in once they are over', async () => {
    const { ask, net, leaveOpen } = askedBmc(QUIRKS['B5 one session']);
    await leaveOpen();
    await expect(ask(power)).rejects.toMatchObject({ failure: 'out-of-sessions', retry: true });
    net.timers.advance(60_000);
    expect(await ask(power)).toBe('on');
  });
});

it('B7: a BMC that is silent for a moment while power changes is asked again', async () => {
  const { ask, net } = askedBmc(QUIRKS['B7 silent while power changes']);
  await ask(cycle);
  expect(await ask(power)).toBe('on');
  expect(net.timers.nowMs).toBeLessThan(10_000);
});

describe('B8, B9: boot flags', () => {
  it.each<{ override: BootOverride; flags: string }>([
    { override: { device: 'pxe', firmware: 'bios', persistent: false }, flags: '058004000000' },
    { override: { device: 'pxe', firmware: 'uefi', persistent: false }, flags: '05a004000000' },
    { override: { device: 'pxe', firmware: 'bios', persistent: true }, flags: '05c004000000' },
    { override: { device: 'pxe', firmware: 'uefi', persistent: true }, flags: '05e004000000' },
    { override: { device: 'disk', firmware: 'uefi', persistent: false }, flags: '05a008000000' },
    { override: { device: 'cdrom', firmware: 'uefi', persistent: false }, flags: '05a014000000' },
    { override: { device: 'bios', firmware: 'uefi', persistent: false }, flags: '05a018000000' },
    { override: { device: 'disk', firmware: 'bios', persistent: true }, flags: '05c008000000' },
  ])('$override is $flags, and reads back', async ({ override, flags }) => {
    const { ask, bmc } = askedBmc();
    expect(await ask((session) => session.setBootDevice(override))).toEqual(override);
    const sent = bmc.heard
      .filter(({ code }) => code === SET_BOOT_OPTIONS)
      .map(({ data }) => data.toString('hex'));
    expect(sent.at(-1)).toBe(flags);
    expect(await ask((session) => session.bootDevice())).toEqual(override);
  });

  it.each([
    { row: 'B8 loses the EFI flag', kept: { device: 'pxe', firmware: 'bios', persistent: true } },
    { row: 'B8 loses the persistent flag', kept: { device: 'pxe', firmware: 'uefi', persistent: false } },
  ] as const)('$row: what is read back tells', async ({ row, kept }) => {
    const { ask } = askedBmc(QUIRKS[row]);
    const override = { ...UEFI_PXE, persistent: true };
    expect(await ask((session) => session.setBootDevice(override))).toEqual(kept);
  });

  it('are taken away again', async () => {
    const { ask } = askedBmc();
    await ask((session) => session.setBootDevice(UEFI_PXE));
    await ask((session) => session.setBootDevice({ ...UEFI_PXE, device: 'none' }));
    expect(await ask((session) => session.bootDevice())).toBeNull();
  });
});

it.each([
  { row: 'B10 heeds no EFI flag', firmware: 'uefi' },
  { row: 'B10 heeds the EFI flag only', firmware: 'bios' },
] as const)('$row: read back as it should be, and only the effect tells', async ({ row, firmware }) => {
  const boots: (BootFlags | null)[] = [];
  const onPower = ({ isOn, boot }: { isOn: boolean; boot: BootFlags | null }) => {
    if (isOn) boots.push(boot);
  };
  const { ask } = askedBmc({ ...QUIRKS[row], isOn: false }, { onPower });
  const override: BootOverride = { device: 'pxe', firmware, persistent: false };
  expect(await ask((session) => session.setBootDevice(override))).toEqual(override);
  await ask((session) => session.power('on'));
  expect(boots).toEqual([null]);
});

it('B16: the state that lags is told as the BMC tells it, and is right in the end', async () => {
  const { ask, net } = askedBmc(QUIRKS['B16 slow to go off, and late to say so']);
  await ask((session) => session.power('off'));
  expect(await ask(power)).toBe('on');
  net.timers.advance(36_000);
  expect(await ask(power)).toBe('on');
  net.timers.advance(10_000);
  expect(await ask(power)).toBe('off');
});

describe('B11: flags that are dropped after a minute', () => {
  it('are set in the order 3, 4, 5, and stay', async () => {
    const { ask, bmc, net } = askedBmc();
    await ask((session) => session.setBootDevice(UEFI_PXE));
    const sent = bmc.heard
      .filter(({ code }) => code === SET_BOOT_OPTIONS)
      .map(({ data }) => data.toString('hex'));
    expect(sent).toEqual(['031f', '040101', '05a004000000']);
    net.timers.advance(120_000);
    expect(await ask((session) => session.bootDevice())).toEqual(UEFI_PXE);
  });

  it('are there for a power-on in the same session, whatever the BMC does', async () => {
    const boots: (BootFlags | null)[] = [];
    const onPower = ({ isOn, boot }: { isOn: boolean; boot: BootFlags | null }) => {
      if (isOn) boots.push(boot);
    };
    const { ask, net } = askedBmc({ ...QUIRKS['B11 drops flags after a minute'], isOn: false }, { onPower });
    await ask(async (session) => {
      await session.setBootDevice(UEFI_PXE);
      await session.power('on');
    });
    expect(boots).toEqual([{ device: 1, efi: true, persistent: false }]);
    await ask((session) => session.setBootDevice(UEFI_PXE));
    net.timers.advance(60_000);
    expect(await ask((session) => session.bootDevice())).toBeNull();
  });
});

it('B12: what was done in spite of an error can be read', async () => {
  const { ask } = askedBmc(QUIRKS['B12 fails though it is done']);
  await ask(async (session) => {
    await expect(session.power('off')).rejects.toMatchObject({ failure: 'refused' });
    expect(await session.powerState()).toBe('off');
  });
});

describe('B15: long passwords', () => {
  const withPassword = (password: string, row: object = {}) => {
    const users = [{ name: 'admin', password, privilege: 4 }];
    return askedBmc({ ...row, users });
  };

  it.each([16, 17, 20])('of %i bytes get in', async (length) => {
    const password = 'p'.repeat(length);
    expect(await withPassword(password).ask(power, { password: new Secret(password) })).toBe('on');
  });

  it.each(['p'.repeat(21), `${'p'.repeat(19)}ä`])(
    '%s, over 20 bytes, is refused and not cut',
    async (password) => {
      const { ask, net } = withPassword(password.slice(0, 20));
      const asked = ask(power, { password: new Secret(password) });
      await expect(asked).rejects.toMatchObject({ failure: 'wrong-credentials', message: /21 bytes/ });
      expect(net.asked).toBe(0);
    },
  );

  it('a BMC that kept 16 bytes does not know the whole', async () => {
    const password = '17 bytes are here';
    const { ask } = withPassword(password, QUIRKS['B15 keeps 16 bytes of a password']);
    const asked = ask(power, { password: new Secret(password) });
    await expect(asked).rejects.toMatchObject({ failure: 'wrong-credentials' });
  });
});

it('B18: boot flags that cannot be read back are no error', async () => {
  const { ask, bmc } = askedBmc(QUIRKS['B18 boot flags cannot be read']);
  expect(await ask((session) => session.setBootDevice(UEFI_PXE))).toBeNull();
  expect(await ask((session) => session.bootDevice())).toBeNull();
  expect(bmc.chassis.boot.take()).toEqual({ device: 1, efi: true, persistent: false });
});

it.each(['B19 denies IPMI 2.0', 'B19 wants the privilege named'] as const)('%s: gets in', async (row) => {
  expect(await askedBmc(QUIRKS[row]).ask(power)).toBe('on');
});
