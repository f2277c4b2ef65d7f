import { setImmediate } from 'node:timers/promises';
import { DomainError } from '../../domain/errors.ts';
import type { Job, JobChange, JobItem, JobReceipt } from '../../domain/power/job.ts';
import { createGroupCommit } from '../../store/interfaces/group-commit.ts';
import type { JobFilter, StoredJob } from '../../store/interfaces/power-store.ts';
import { isSystemInScope } from '../access/scope.ts';
import type { Actor } from '../deps.ts';
import { parseInput } from '../records/input.ts';
import type { BmcAccess } from './bmc-access.ts';
import type { PowerDeps } from './power-deps.ts';
import { addJob, powerInput, refusalOf } from './power-requests.ts';
import type { PowerStates } from './power-states.ts';
import { powerEvent, runJob } from './run-job.ts';
import { listReachable, selectSystems } from './select-systems.ts';

/** Jobs written by one transaction: for so long no packet is answered. */
const AT_ONCE = 50;
/** Open jobs that are taken up at the start; there is at most one a machine. */
const ALL = 1_000_000;
/** Until a job is tried again that our own side has failed. */
const OWN_FAILURE_MS = 30_000;
const KEEP_MS = 30 * 24 * 60 * 60_000;

/** Use cases of jobs: ask for them, look at them, end them, and go on with them after a restart. */
export interface PowerJobs {
  request(body: unknown, actor: Actor): Promise<JobReceipt>;
  list(filter: JobFilter, limit: number, actor: Actor): Promise<Job[]>;
  get(id: number, actor: Actor): Promise<Job>;
  cancel(id: number, actor: Actor): Promise<Job>;
  /** Goes on with a job that somebody else has put on record. */
  takeUp(stored: StoredJob): void;
  /** Ends what is under way for a job that somebody else has written off. */
  letGo(id: number): void;
  /** Goes on with every open job. */
  resume(): Promise<void>;
  /** Lets go of every job where it stands; `resume` of the next start goes on. */
  stop(): Promise<void>;
  prune(): Promise<number>;
}

export function createPowerJobs(power: PowerDeps, access: BmcAccess, states: PowerStates): PowerJobs {
  const { deps, events, clock, limits, onError } = power;
  const { store } = deps;
  const running = new Map<number, { readonly abort: AbortController; readonly done: Promise<void> }>();
  const stopping = new AbortController();

  const writes = createGroupCommit<{ id: number; change: JobChange }, StoredJob | null>((group) =>
    store.transaction(async (tx) => {
      const results: (StoredJob | null)[] = [];
      for (const { id, change } of group)
        results.push((await tx.jobs.update(id, change, clock.now())) ?? null);
      return results;
    }),
  );
  const runDeps = {
    clock,
    access,
    timing: limits,
    findBmc: (systemId: number) => store.read.bmcs.find(systemId),
    write: (id: number, change: JobChange) => writes.add({ id, change }),
    noteState: states.note,
    record: events.record,
  };
  const findOpen = async ({ job, systemId }: StoredJob): Promise<StoredJob | undefined> => {
    const open = await store.read.jobs.findOpen(systemId);
    return open?.job.id === job.id ? open : undefined;
  };
  /** What fails on our side (a full disk) fails for a while: the job goes on from what is on record. */
  const untilOver = async (stored: StoredJob, signal: AbortSignal): Promise<void> => {
    let job: StoredJob | undefined = stored;
    while (job !== undefined && !signal.aborted) {
      try {
        return await runJob(runDeps, job, signal);
      } catch (error) {
        if (!signal.aborted) onError(error, `job ${job.job.id}`);
        await clock.wait(OWN_FAILURE_MS, signal).catch(() => {});
        job = await findOpen(stored).catch(() => job);
      }
    }
  };
  const start = (stored: StoredJob): void => {
    const { id } = stored.job;
    if (stopping.signal.aborted || running.has(id)) return;
    const abort = new AbortController();
    const signal = AbortSignal.any([abort.signal, stopping.signal]);
    const done = untilOver(stored, signal).finally(() => running.delete(id));
    running.set(id, { abort, done });
  };
  const letGo = (id: number): void => running.get(id)?.abort.abort(new Error('cancelled'));
  const getStored = async (id: number, actor: Actor): Promise<StoredJob> => {
    const stored = await store.read.jobs.find(id);
    if (stored !== undefined && (await isSystemInScope(store.read, stored.job.system, actor))) return stored;
    throw new DomainError('not-found', `there is no job ${id}`, {
      hint: 'list them with: provision power jobs',
    });
  };

  return {
    async request(body, actor) {
      const input = parseInput(powerInput, body);
      const { chosen, missing, skipped } = selectSystems(await listReachable(store.read, actor), input);
      const batch = deps.randomBytes(6).toString('hex');
      const timeoutSeconds = input.timeoutSeconds ?? limits.timeoutSeconds;
      const request = { input, batch, actor, nowMs: clock.now(), timeoutSeconds };
      const items: JobItem[] = input.dryRun ? chosen.map(({ name }) => only(name)) : [];
      for (let from = 0; !input.dryRun && from < chosen.length; from += AT_ONCE) {
        const part = await store.transaction(async (tx) => {
          const added: Awaited<ReturnType<typeof addJob>>[] = [];
          for (const [index, system] of chosen.slice(from, from + AT_ONCE).entries())
            added.push(await addJob(tx, system, from + index, request));
          return added;
        });
        for (const { item, added } of part) {
          items.push(item);
          if (added === null) continue;
          events.record(powerEvent(added, 'ok', 'asked for'));
          start(added);
        }
        await setImmediate();
      }
      const refused = missing.map(({ system, why }) => ({
        ...only(system),
        refused: refusalOf(system, why),
      }));
      return { batch, items: [...items, ...refused], skipped };
    },
    list: async (filter, limit, { scope }) =>
      (await store.read.jobs.list({ ...filter, scope }, limit)).map(({ job }) => job),
    get: async (id, actor) => (await getStored(id, actor)).job,
    async cancel(id, actor) {
      const stored = await getStored(id, actor);
      const message = `cancelled by ${actor.name} ${whereabouts(stored.job)}`;
      const cancelled = await store.transaction(async (tx) => {
        const change = { state: 'cancelled', message } as const;
        const done = await tx.jobs.update(id, change, clock.now());
        if (done === undefined) throw isOver(stored.job);
        const detail = { job: id, action: stored.job.action };
        const entry = {
          by: actor,
          action: 'cancel' as const,
          noun: 'system',
          name: stored.job.system,
          detail,
        };
        await tx.audit.add(entry, clock.now());
        return done;
      });
      letGo(id);
      events.record(powerEvent(cancelled, 'warning', message));
      return cancelled.job;
    },
    takeUp: start,
    letGo,
    async resume() {
      for (const stored of await store.read.jobs.list({ open: true }, ALL)) start(stored);
    },
    async stop() {
      stopping.abort(new Error('the service stops'));
      await Promise.all([...running.values()].map(({ done }) => done));
    },
    prune: () => store.transaction((tx) => tx.jobs.prune(clock.now() - KEEP_MS)),
  };
}

/** A system that is meant, and nothing more. */
function only(system: string): JobItem {
  return { system, job: null, joined: false, refused: null };
}

/** What a cancelled job has done already: it is not undone. */
function whereabouts({ step }: Job): string {
  if (step === 'queued') return 'before anything was done';
  if (step.startsWith('sending-')) return `while the BMC was told (${step.slice('sending-'.length)})`;
  return step === 'awaiting-off'
    ? 'after the machine was told to switch off'
    : 'after the machine was told to switch on';
}

function isOver(job: Job): DomainError {
  return new DomainError('wrong-state', `job ${job.id} is over: ${job.message}`, {
    hint: `ask for it anew: provision power ${job.action} ${job.system}`,
  });
}
