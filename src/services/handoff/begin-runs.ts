import type { ConfiguringInstall, StoredHandoff } from '../../store/interfaces/handoff-store.ts';
import type { StoreTransaction } from '../../store/interfaces/store.ts';

/** What was begun for an install, and the run on the system before it that this has ended. */
export interface Begun {
  readonly added: StoredHandoff;
  readonly ended: StoredHandoff | undefined;
}

/** Puts the run of an install on record, unless it has one or is not being configured any more. */
export async function beginRun(
  tx: StoreTransaction,
  { id, systemId, handoff }: ConfiguringInstall,
  { batch, driver, nowMs }: { batch: string; driver: string; nowMs: number },
): Promise<Begun | undefined> {
  const stored = await tx.installs.findById(id);
  if (stored?.install.state !== 'configuring') return undefined;
  const open = await tx.handoffs.findOpen(systemId);
  if (open?.handoff.install === id) return undefined;
  // It was about a system whose disk is wiped by now.
  const ended = open && (await tx.handoffs.update(open.handoff.id, INSTALLED_ANEW, nowMs));
  const added = await tx.handoffs.add(
    {
      batch,
      systemId,
      installId: id,
      definition: handoff,
      driver,
      check: false,
      requestedBy: stored.install.armedBy,
      message: 'the installed system has started',
    },
    nowMs,
  );
  return { added, ended };
}

const INSTALLED_ANEW = { state: 'cancelled', message: 'the machine was installed anew' } as const;
