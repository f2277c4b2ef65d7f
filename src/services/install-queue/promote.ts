import { advance } from '../../domain/install/install-state.ts';
import { wipeProblems } from '../../domain/records/system-lock.ts';
import type { QueuedInstall } from '../../store/interfaces/queue-store.ts';
import type { StoredInstall, StoreTransaction } from '../../store/interfaces/store.ts';
import { type Arming, factsOf } from '../installs/installs.ts';
import type { QueueDeps } from './queue-deps.ts';
import { reasonsOf, refusalOf } from './refusal.ts';

/**
 * Arms an install whose turn has come: everything is looked at again, since it may have waited for hours. What is in the way
 * now ends it, by name.
 */
export async function promote(queue: QueueDeps, installId: number): Promise<void> {
  const { installs, events, deps } = queue;
  const queued = await deps.store.read.queue.find(installId);
  const found = queued && (await deps.store.read.systems.findById(queued.systemId));
  if (queued === undefined || found === undefined) return;
  const arming = await installs.recheck(found, queued.input).catch(refusalOf);
  if ('system' in arming) {
    const stored = await deps.store.transaction((tx) => write(tx, queue, queued, arming));
    if (stored !== undefined) installs.follow(stored);
    return;
  }
  const reason = reasonsOf(arming);
  const hint = `mend it, then: provision system install ${queued.install.system}`;
  const seen = await installs.observe(installId, { kind: 'not-ready', reason, hint });
  if ('refused' in seen) return;
  const whose = { systemId: queued.systemId, mac: null, installId };
  const message = `its turn came, and it could not begin: ${reason}`;
  events.record({ ...whose, stage: 'failed', outcome: 'error', message, data: {} });
}

/** Undefined where it is not to begin any more, or its system was changed while it was looked at: then it is looked at anew. */
async function write(
  tx: StoreTransaction,
  { deps, powerUps }: QueueDeps,
  { install: { id }, systemId }: QueuedInstall,
  { system, input, powerUp, handoff }: Arming,
): Promise<StoredInstall | undefined> {
  const nowMs = deps.now();
  const [stored, found] = [await tx.installs.findById(id), await tx.systems.findById(systemId)];
  if (stored === undefined || found?.system.revision !== system.revision) return undefined;
  // Beside the record, so that its revision does not tell.
  if (wipeProblems(found.system, input).length > 0) return undefined;
  const { change } = { change: null, ...advance(factsOf(stored.install), { kind: 'promoted' }, nowMs) };
  if (change === null) return undefined;
  if (powerUp === null) return tx.installs.update(id, { ...change, handoff }, nowMs);
  // What an earlier install of this machine still had to do about its power is done by this one.
  for (const older of await tx.installs.listPowerUps())
    if (older.systemId === systemId) await powerUps.giveWay(tx, older.install);
  await tx.installs.update(id, { ...change, handoff }, nowMs);
  return tx.installs.setPowerUp(id, powerUp);
}
