import type { Secret } from '../access/secret.ts';
import type { Check } from '../check.ts';
import type { OpenBmcConsole } from './bmc-console.ts';
import type { BootOverride, PowerAction, PowerState } from './power.ts';

/** The drivers; which one a system's BMC is asked by. */
export const BMC_DRIVERS = ['ipmi', 'redfish', 'wol', 'command'] as const;
export type BmcDriverName = (typeof BMC_DRIVERS)[number];

/** Where a BMC is and how to get in. What a driver does not use, it ignores. */
export interface BmcTarget {
  /** Name of the system, for commands and messages. */
  readonly system: string;
  /** Empty where the record names none, which only `wol` and `command` can do without. */
  readonly address: string;
  /** UDP or TCP port; null: the driver's usual one. */
  readonly port: number | null;
  readonly user: string;
  readonly password: Secret | null;
  /** IPMI: the BMC key KG (IPMI 2.0 §13.33), null where none is set. */
  readonly kg: Secret | null;
  /** IPMI: the one cipher suite to use; null: 17, then 3. */
  readonly cipherSuite: 3 | 17 | null;
  readonly privilege: 'user' | 'operator' | 'administrator';
  /** IPMI: 2.0, or 1.5 where that was asked for by name. */
  readonly protocol: '2.0' | '1.5';
  readonly vendor: string | null;
  readonly model: string | null;
  /** Redfish: SHA-256 of the certificate, 64 hex digits; null: a certificate that the machine's store trusts. */
  readonly certificate: string | null;
  /** Redfish: id of the machine in a chassis of many; null: the only one. */
  readonly node: string | null;
  /** command: name of the command set in the server's own configuration. */
  readonly command: string | null;
  /** Wake-on-LAN: MACs of the system's interfaces. */
  readonly macs: readonly string[];
}

export interface BmcInfo {
  readonly vendor: string | null;
  readonly model: string | null;
  readonly serial: string | null;
  /** Of the BMC. */
  readonly firmwareVersion: string | null;
  /** What the BMC says about its own LAN side; null where it does not. */
  readonly lan: { readonly address: string; readonly mac: string | null } | null;
}

export interface BmcSensor {
  readonly name: string;
  /** In `unit`; null where it has no reading. */
  readonly value: number | null;
  readonly unit: string;
  readonly state: 'ok' | 'warning' | 'critical' | 'unknown';
}

/** One entry of the system event log. */
export interface BmcLogEntry {
  readonly id: string;
  /** ISO 8601; null where the BMC's clock was not set. */
  readonly at: string | null;
  readonly message: string;
}

/**
 * One open session with a BMC. Every method throws BmcError. A method that a driver does not have throws `unsupported`.
 * Nothing here is idempotent by itself: desired states and retries are made above it.
 */
export interface BmcSession {
  /** What the BMC says now. */
  powerState(): Promise<Exclude<PowerState, 'unknown'>>;
  power(action: PowerAction): Promise<void>;
  /** Sets the override and reads it back; null where the BMC cannot be asked (which is no error). */
  setBootDevice(override: BootOverride): Promise<BootOverride | null>;
  /** The override in force; null where there is none or the BMC cannot be asked. */
  bootDevice(): Promise<BootOverride | null>;
  /** Blinks for `seconds` (0: stops). Redfish knows no time: there it is lit until it is stopped. */
  identify(seconds: number): Promise<void>;
  info(): Promise<BmcInfo>;
  sensors(): Promise<readonly BmcSensor[]>;
  /** The newest entries of the event log, at most `limit`, newest first. */
  log(limit: number): Promise<readonly BmcLogEntry[]>;
}

export interface BmcDriver {
  readonly name: BmcDriverName;
  /**
   * What is unsafe or wrong about the BMC itself, and what to do about it: IPMI asks whether it accepts cipher suite 0.
   * Throws BmcError. Drivers that know nothing to look for have none.
   */
  check?(target: BmcTarget, options: { readonly signal: AbortSignal }): Promise<readonly Check[]>;
  /**
   * Opens a session, hands it to `work`, and closes it whatever happens (a BMC has few). Throws BmcError; no retry of
   * the whole is made here. `signal` ends waiting at once.
   */
  withSession<T>(
    target: BmcTarget,
    work: (session: BmcSession) => Promise<T>,
    options: { readonly signal: AbortSignal },
  ): Promise<T>;
  /** Opens the serial console, where there is one, in a session of its own. Throws BmcError. */
  readonly openConsole?: OpenBmcConsole;
}
