import { BmcError } from '../../domain/power/bmc-error.ts';
import type { StoredBmc } from '../../store/interfaces/power-store.ts';
import type { Deps } from '../deps.ts';
import type { BmcAccess } from '../power/bmc-access.ts';
import type { Clock } from '../power/clock.ts';
import type { PowerJobs } from '../power/power-jobs.ts';
import { withTries } from '../power/tries.ts';
import type { PowerControl } from './power-control.ts';

export interface BmcControlParts {
  readonly access: BmcAccess;
  readonly jobs: Pick<PowerJobs, 'takeUp' | 'letGo'>;
  readonly clock: Clock;
  /** How long a machine may take to switch on or off. */
  readonly timeoutSeconds: number;
}

/** Power control through the one queue of BMCs, and through jobs that outlive the service. */
export function createBmcControl({ store, now, randomBytes }: Deps, parts: BmcControlParts): PowerControl {
  const { access, jobs, clock } = parts;
  const requested = new Set<number>();
  const cancelled = new Set<number>();
  const getBmc = async (systemId: number): Promise<StoredBmc> => {
    const stored = await store.read.bmcs.find(systemId);
    if (stored === undefined) throw new BmcError('unsupported', 'the record has no BMC any more');
    return stored;
  };
  return {
    async ask(systemId) {
      const stored = await getBmc(systemId);
      return withTries(clock, (signal) => access.session(stored, signal, (session) => session.powerState()));
    },
    async request(tx, { systemId, action, by }) {
      if ((await tx.jobs.findOpen(systemId)) !== undefined) return undefined;
      const { job } = await tx.jobs.add(
        {
          batch: randomBytes(6).toString('hex'),
          systemId,
          action,
          requestedBy: by,
          startAt: now(),
          timeoutSeconds: parts.timeoutSeconds,
          message: 'asked for by its install',
        },
        now(),
      );
      requested.add(job.id);
      return job.id;
    },
    async cancel(tx, id, why) {
      await tx.jobs.update(id, { state: 'cancelled', message: why }, now());
      cancelled.add(id);
    },
    async wake() {
      for (const id of cancelled) jobs.letGo(id);
      cancelled.clear();
      const ids = [...requested];
      requested.clear();
      // One that was rolled back is not there.
      for (const stored of await store.read.jobs.list({ ids, open: true }, ids.length)) jobs.takeUp(stored);
    },
    async job(id) {
      const stored = await store.read.jobs.find(id);
      if (stored === undefined)
        return { kind: 'failed', failure: 'interrupted', message: `job ${id} is gone` };
      const { state, failure, message } = stored.job;
      if (state === 'waiting' || state === 'running') return { kind: 'open' };
      return state === 'done'
        ? { kind: 'done' }
        : { kind: 'failed', failure: failure ?? 'interrupted', message: `job ${id}: ${message}` };
    },
    async setBootDevice(systemId, override, { by, signal }) {
      const stored = asked(await getBmc(systemId), by);
      return access.session(stored, signal, (session) => session.setBootDevice(override));
    },
  };
}

/** The same BMC by another protocol, at its usual port. */
function asked(stored: StoredBmc, by: 'own' | 'redfish'): StoredBmc {
  return by === 'own' ? stored : { ...stored, bmc: { ...stored.bmc, driver: 'redfish', port: null } };
}
