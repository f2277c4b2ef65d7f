import { type Site, SYSTEM } from './lab.ts';
import type { BootEvent } from './timeline.ts';

/** The part of an install that the lab looks at. */
export interface InstallRecord {
  readonly id: number;
  readonly state: string;
  readonly stage: string | null;
  readonly reason: string | null;
  readonly hint: string | null;
  readonly attemptsUsed: number;
  readonly hostKeys: readonly string[];
}

/** The machine's last install, as the command tells it. */
export async function readInstall({ command }: Site): Promise<InstallRecord> {
  const { install } = (await command.run('system', 'show', SYSTEM)) as { install: InstallRecord | null };
  if (install === null) throw new Error(`${SYSTEM} has no install`);
  return install;
}

/** The part of a diagnosis that the lab looks at: null where nothing is missing. */
export type Missing = {
  readonly name: string;
  readonly says: string;
  readonly cause: { readonly says: string; readonly hint: string };
} | null;

/** All events of the machine, and what its install misses. */
export async function readTimeline({ command }: Site): Promise<{
  readonly items: readonly BootEvent[];
  readonly diagnosis: { readonly missing: Missing };
}> {
  return (await command.run('system', 'timeline', SYSTEM)) as Awaited<ReturnType<typeof readTimeline>>;
}

/** How it stands, in the words that a user reads. */
export function describeInstall({ state, stage, reason, hint }: InstallRecord): string {
  return `${state} at '${stage}': ${reason}${hint === null ? '' : `\n          hint: ${hint}`}`;
}
