import type { HandoffChange } from '../../domain/handoff/handoff.ts';
import { advance, type Observation } from '../../domain/install/install-state.ts';
import type { StoredHandoff } from '../../store/interfaces/handoff-store.ts';
import type { StoreTransaction } from '../../store/interfaces/store.ts';
import { factsOf } from '../installs/installs.ts';

/**
 * Writes a step of a run and what it means for its install, in one transaction: nothing that ends the service comes between
 * them. Undefined where the run is over; one whose install is not being configured any more ends here as well.
 */
export async function writeStep(
  tx: StoreTransaction,
  { handoff }: StoredHandoff,
  change: HandoffChange,
  nowMs: number,
): Promise<StoredHandoff | undefined> {
  if (handoff.install === null) return tx.handoffs.update(handoff.id, change, nowMs);
  const owner = await tx.installs.findById(handoff.install);
  if (owner?.install.state !== 'configuring') {
    const message = `its install is not being configured any more (${owner?.install.state ?? 'removed'})`;
    await tx.handoffs.update(handoff.id, { state: 'cancelled', message }, nowMs);
    return undefined;
  }
  const written = await tx.handoffs.update(handoff.id, change, nowMs);
  const seen = written && observationOf(written);
  if (seen === undefined) return written;
  const moved = advance(factsOf(owner.install), seen, nowMs);
  if (moved.refused === undefined && moved.change !== null)
    await tx.installs.update(owner.install.id, moved.change, nowMs);
  return written;
}

/** What the end of a run is for its install. */
function observationOf({ handoff }: StoredHandoff): Observation | undefined {
  const { state, message, hint, system } = handoff;
  if (state === 'done') return { kind: 'handed-off' };
  if (state !== 'failed' && state !== 'cancelled') return undefined;
  return { kind: 'handoff-failed', reason: message, hint: hint ?? `provision handoff retry ${system}` };
}
