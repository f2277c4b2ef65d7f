import type { InstallState } from './install.ts';

/** Kinds of firmware that a machine may have, as one names them on a command line. */
export const FIRMWARE_KINDS = [
  'bios',
  'bios-http',
  'uefi-ia32',
  'uefi-ia32-http',
  'uefi-x64',
  'uefi-http',
  'arm64',
  'arm64-http',
] as const;
export type FirmwareKind = (typeof FIRMWARE_KINDS)[number];

export const EXPLAIN_STEPS = [
  'record',
  'arm',
  'dhcp',
  'loader',
  'dhcp-ipxe',
  'script',
  'kernel',
  'initrd',
  'answer-file',
  'image',
  'disk',
] as const;
export type ExplainStepName = (typeof EXPLAIN_STEPS)[number];

/** One thing that the machine would ask for, what it would get, and why. */
export interface ExplainStep {
  readonly name: ExplainStepName;
  /** `error`: it would get no further. */
  readonly outcome: 'ok' | 'warning' | 'error';
  /** What it would get, as a sentence. */
  readonly says: string;
  readonly why: string | null;
  /** What to do where it does not get what it should. */
  readonly hint: string | null;
  /** The packet, script, kernel line or file itself; secrets are masked, an install's token is `TOKEN`. */
  readonly text: string | null;
  readonly data: Readonly<Record<string, string | number | boolean | null>>;
}

/** What a machine would get now, step by step, without a machine. Nothing was written or reserved. */
export interface Explanation {
  readonly mac: string;
  /** Null: no record knows this MAC. */
  readonly system: string | null;
  /** `from`: how it is known. */
  readonly firmware: { readonly kind: FirmwareKind; readonly from: string };
  /** Does it run iPXE already? */
  readonly isIpxe: boolean;
  readonly subnet: string | null;
  /** How its packets would come: `on lan0`, `by a relay, 10.20.0.1, on lan0`. */
  readonly by: string;
  readonly isAsIfArmed: boolean;
  readonly install: { readonly id: number; readonly state: InstallState } | null;
  readonly steps: readonly ExplainStep[];
}
