import type { BmcFailure } from './bmc-error.ts';

/** What a BMC can be asked about power; `unknown` is what we know, never what a BMC says. */
export type PowerState = 'on' | 'off' | 'unknown';

/**
 * What people ask for. `cycle` is off and on again (on, where it is off), `reset` the reset line without removing power,
 * `soft` asks the operating system to shut down (ACPI).
 */
export const POWER_ACTIONS = ['on', 'off', 'cycle', 'reset', 'soft'] as const;
export type PowerAction = (typeof POWER_ACTIONS)[number];

/** The next boot device; `none` takes an override away. */
export const BOOT_DEVICES = ['none', 'pxe', 'disk', 'cdrom', 'bios'] as const;
export type BootDevice = (typeof BOOT_DEVICES)[number];

/** How the firmware boots; an override that does not say it turns many UEFI machines to legacy mode. */
export const FIRMWARES = ['bios', 'uefi'] as const;
export type Firmware = (typeof FIRMWARES)[number];

/** What the BMC shall make the machine boot from. */
export interface BootOverride {
  readonly device: BootDevice;
  readonly firmware: Firmware;
  /** Not only for the next boot. */
  readonly persistent: boolean;
  /** With `pxe` and `uefi`: the firmware loads this URL by HTTP, and needs no boot file from DHCP. Redfish has it. */
  readonly httpBootUri?: string;
}

/** Power as it was when somebody last asked. It may have changed since: it is never shown without its time. */
export interface KnownPower {
  /** `unknown` where the last question was not answered. */
  readonly state: PowerState;
  /** When it was asked, RFC 3339. */
  readonly checkedAt: string;
  /** What it was asked for, or why there was no answer. */
  readonly reason: string;
  /** The last answer, where that was another one. */
  readonly lastKnown: { readonly state: Exclude<PowerState, 'unknown'>; readonly at: string } | null;
}

/** What a BMC said of its power just now, or why it did not. */
export interface PowerStatus {
  readonly system: string;
  readonly state: PowerState;
  readonly checkedAt: string;
  readonly failure: BmcFailure | 'not-found' | 'no-power-control' | null;
  /** Why it is not known; null where it is. */
  readonly reason: string | null;
  readonly hint: string | null;
}

/** What was asked for, and what the BMC says it is now; `confirmed` is null where it cannot be asked. */
export interface BootDeviceResult {
  readonly asked: BootOverride;
  readonly confirmed: BootOverride | null;
  readonly agrees: boolean;
  /** Why it may be for the wrong firmware, and what to do; null: the firmware is known. */
  readonly doubt: string | null;
}
