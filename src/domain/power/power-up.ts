import type { BmcDriverName } from './bmc-driver.ts';
import type { BootOverride, Firmware } from './power.ts';

/** One way to make a machine boot from the network. */
export interface NetbootWay {
  /** What the BMC is told; null: nothing, the machine's own boot order has to begin with the network. */
  readonly override: BootOverride | null;
  /** `own`: the driver on record. */
  readonly by: 'own' | 'redfish';
  readonly says: string;
}

const pxe = (firmware: Firmware, persistent: boolean): BootOverride => ({
  device: 'pxe',
  firmware,
  persistent,
});

/**
 * Every way there is. Of the boot flags' first byte (IPMI 2.0 §28.13, parameter 5) 0x80 says that they are valid, 0x40 that
 * they are persistent, 0x20 that the firmware boots by UEFI.
 */
export const NETBOOT_WAYS = {
  'uefi-once': { override: pxe('uefi', false), by: 'own', says: 'PXE once, with the UEFI flag' },
  'uefi-persistent': {
    override: pxe('uefi', true),
    by: 'own',
    says: 'PXE until further notice, with the UEFI flag',
  },
  'legacy-once': { override: pxe('bios', false), by: 'own', says: 'PXE once, without the UEFI flag' },
  'legacy-persistent': {
    override: pxe('bios', true),
    by: 'own',
    says: 'PXE until further notice, without the UEFI flag',
  },
  'redfish-uefi': { override: pxe('uefi', false), by: 'redfish', says: 'PXE once, for UEFI, by Redfish' },
  'redfish-legacy': {
    override: pxe('bios', false),
    by: 'redfish',
    says: 'PXE once, for legacy boot, by Redfish',
  },
  'own-order': { override: null, by: 'own', says: 'the boot order that the machine has' },
} as const satisfies Readonly<Record<string, NetbootWay>>;
export type NetbootWayName = keyof typeof NETBOOT_WAYS;

/**
 * The ladder: the ways that are tried one after another, by driver and firmware. BMCs take a flag and say yes, and the
 * firmware does not heed it: UEFI firmware that heeds the UEFI flag only together with the persistent one (0xe0), and
 * some that heeds the override only without it. On a machine of the legacy kind the UEFI flag is never tried. `unknown`:
 * nobody has said what it is, so that the other kind has its turn before anything that would stay.
 */
const LADDERS: Readonly<
  Record<BmcDriverName, Readonly<Record<Firmware | 'unknown', readonly NetbootWayName[]>>>
> = {
  ipmi: {
    unknown: ['uefi-once', 'legacy-once', 'uefi-persistent', 'legacy-persistent', 'redfish-uefi'],
    uefi: ['uefi-once', 'uefi-persistent', 'legacy-once', 'redfish-uefi'],
    bios: ['legacy-once', 'legacy-persistent', 'redfish-legacy'],
  },
  redfish: {
    unknown: ['uefi-once', 'legacy-once', 'uefi-persistent', 'legacy-persistent'],
    uefi: ['uefi-once', 'uefi-persistent', 'legacy-once'],
    bios: ['legacy-once', 'legacy-persistent'],
  },
  command: { unknown: ['uefi-once', 'legacy-once'], uefi: ['uefi-once'], bios: ['legacy-once'] },
  wol: { unknown: ['own-order'], uefi: ['own-order'], bios: ['own-order'] },
};

/** The ways for a machine; null: nobody has said what firmware it has, and nothing was heard of it. */
export function waysFor(driver: BmcDriverName, firmware: Firmware | null): readonly NetbootWayName[] {
  return LADDERS[driver][firmware ?? 'unknown'];
}

/** `clear` takes away a boot device that must not stay. */
export const POWER_UP_STEPS = ['off', 'boot-device', 'on', 'watch', 'clear', 'done'] as const;
export type PowerUpStep = (typeof POWER_UP_STEPS)[number];

/** Why a machine could not be brought to boot from the network, and what to look at: the failures by name. */
export const POWER_UP_FAILURES = {
  'nothing-heard': {
    says: 'the machine was switched on, and nothing was heard of it',
    look: 'look at its console; the MAC on record, the cable and the VLAN of that card, a DHCP relay on the way, and network boot switched on for that card in the firmware are what it mostly is',
  },
  'booted-disk': {
    says: 'an operating system asked for an address instead of the firmware: the boot device has no effect',
    look: 'look whether the firmware may boot from the network at all, and whether --bmc-firmware on record is how it boots; or put the network first in its boot order',
  },
  'no-boot-device': {
    says: 'its BMC sets no boot device, and by its own boot order the machine does not boot from the network',
    look: 'put the network first in its boot order, or give it another driver: --bmc-driver',
  },
  'bmc-failed': {
    says: 'its BMC did not do what it was asked',
    look: 'look at the BMC, then install again; or switch the machine on by hand: --no-power',
  },
} as const;
export type PowerUpFailure = keyof typeof POWER_UP_FAILURES;

/** What was seen of one way that did not work. */
export type WaySeen = 'nothing' | 'disk' | 'refused';

/**
 * How a machine is brought to boot from the network for its install, and how far that is. Each step is on record before
 * anything of it is done, and doing it twice is no more than doing it once: power is switched to on or off, never cycled.
 */
export interface PowerUp {
  readonly ways: readonly NetbootWayName[];
  /** Index of the way that is tried now. */
  readonly at: number;
  readonly step: PowerUpStep;
  /** When the step was begun, RFC 3339. */
  readonly since: string;
  /** How long after it is on the machine may take until its DISCOVER. */
  readonly timeoutSeconds: number;
  /** Until when its DISCOVER is waited for; null before it is on. */
  readonly deadline: string | null;
  /** The power job of steps `off` and `on`, once there is one. */
  readonly job: number | null;
  /** A boot device may be set in the BMC. */
  readonly isSet: boolean;
  /** False: the driver has turned out to have no boot device. */
  readonly canSet: boolean;
  /** Why its boot device may be for the wrong firmware, and what to do. */
  readonly doubt?: string | undefined;
  readonly seen: readonly WaySeen[];
  /** Null until it is over. */
  readonly outcome: 'netbooted' | 'stopped' | PowerUpFailure | null;
}
