import type { InstallState } from '../domain/install/install.ts';
import type { InstallFacts } from '../domain/install/install-state.ts';
import { hasAttemptLeft, isOpen } from '../domain/install/install-state.ts';

/** What the records say of the machine that asks. */
export interface BootFacts {
  /** Is there a system with this MAC? */
  readonly known: boolean;
  readonly install: InstallFacts | null;
}

export interface BootDecision {
  readonly action: 'install' | 'local' | 'ignore';
  /** One sentence for the timeline. */
  readonly reason: string;
}

/**
 * The one policy of what a netbooting machine is told, for DHCP, TFTP and HTTP alike, so that its stages cannot
 * disagree. A known machine that is not being installed boots its disk, whatever happens to callbacks: an endless
 * reinstall cannot be expressed. A machine that no record knows gets no boot answer at all.
 */
export function decideBoot(facts: BootFacts, nowMs: number): BootDecision {
  if (!facts.known) return { action: 'ignore', reason: 'no system has this MAC' };
  const install = facts.install;
  if (install === null) return { action: 'local', reason: 'no install is armed' };
  if (!isOpen(install, nowMs)) return { action: 'local', reason: closed(install, nowMs) };
  if (!hasAttemptLeft(install)) return { action: 'local', reason: usedUp(install) };
  return {
    action: 'install',
    reason: `install ${install.id}, attempt ${install.attemptsUsed + 1} of ${install.attempts}`,
  };
}

const DONE: readonly InstallState[] = ['installed', 'configuring', 'ready'];

function closed(install: InstallFacts, nowMs: number): string {
  if (install.state === 'queued') return 'its install waits for its turn (queued)';
  if (DONE.includes(install.state)) return 'the install is done';
  if (nowMs >= install.expiresAtMs)
    return `the install expired at ${new Date(install.expiresAtMs).toISOString()}`;
  return `the last install is over (${install.state})`;
}

function usedUp(install: InstallFacts): string {
  return install.attemptsUsed >= install.attempts
    ? `all ${install.attempts} attempts are used up`
    : `the boot script was handed out ${install.scriptsServed} times without an answer file being fetched`;
}
