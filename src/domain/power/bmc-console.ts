import type { BmcTarget } from './bmc-driver.ts';

/** The serial console of a machine, by way of its BMC, while it is open. */
export interface BmcConsole {
  /** Types. Throws RangeError where the machine takes nothing and too much waits. */
  write(bytes: Buffer): void;
  sendBreak(): void;
  /** Gives it back to the BMC; `ended` is settled then. Never rejects. */
  close(): Promise<void>;
  /** Resolves when it is over, with the reason in words; null where `close` was called. */
  readonly ended: Promise<string | null>;
}

export interface ConsoleOptions {
  /** What the machine writes. The bytes are not used again. */
  readonly onOutput: (bytes: Buffer) => void;
  /** Takes it from whoever has it at the BMC. */
  readonly takeOver: boolean;
  /** Ends opening at once; no more once it is open. */
  readonly signal: AbortSignal;
}

/** Opens consoles; only BMCs that are asked by IPMI have one. Throws BmcError. */
export type OpenBmcConsole = (target: BmcTarget, options: ConsoleOptions) => Promise<BmcConsole>;
