import type { Handoff } from '../../domain/handoff/handoff.ts';
import type { HandoffFailure } from '../../domain/handoff/handoff-failure.ts';
import type { System } from '../../domain/records/system.ts';

/** The machine as a run reaches it. */
export interface HandoffTarget {
  readonly system: string;
  readonly address: string;
  readonly port: number;
  /** Public keys of its SSH server as it reported them: no other is believed. */
  readonly hostKeys: readonly string[];
}

/** What came of asking for SSH. */
export type SshAnswer =
  /** It has proven one of the reported keys, and let us in where a login was asked for. */
  | { readonly kind: 'open' }
  | { readonly kind: 'silent'; readonly detail: string }
  | { readonly kind: 'wrong-key'; readonly detail: string }
  | { readonly kind: 'login-refused'; readonly detail: string }
  | { readonly kind: 'not-started'; readonly detail: string };

/** What must be true before the driver begins: a login succeeds, the host key is the right one, or nothing. */
export type SshNeed = 'login' | 'host-key' | 'nothing';

/** What came of one run of a driver; `message` is one sentence without control characters. */
export interface HandoffOutcome {
  readonly failure: HandoffFailure | null;
  readonly message: string;
  /** Tasks that changed something, or would; null where nobody counted. */
  readonly changed: number | null;
}

/** One run: `checking` changes nothing, `running` does it. */
export interface HandoffOrder<Definition> {
  readonly definition: Definition;
  readonly handoff: Handoff;
  readonly target: HandoffTarget;
  readonly phase: 'checking' | 'running';
  /** Into the run's log. */
  readonly log: (text: string | Buffer) => void;
}

/** A kind of hand-off. `run` settles soon after the signal, with nothing left behind, and throws only what is our own fault. */
export interface HandoffDriver<Definition> {
  needs(definition: Definition): SshNeed;
  /** May it be asked to look only? */
  readonly canCheck: boolean;
  /** What it uses, in some words: a program's version, a host. */
  about(definition: Definition): Promise<string>;
  /** Why the definition cannot be used now, a sentence each; empty if it can. */
  problems(definition: Definition): Promise<string[]>;
  /** Why a system must not be armed for it now, beyond that. */
  armingProblems?(definition: Definition, system: System): Promise<string[]>;
  run(order: HandoffOrder<Definition>, signal: AbortSignal): Promise<HandoffOutcome>;
}
