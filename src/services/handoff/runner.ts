import type { StoredHandoff } from '../../store/interfaces/handoff-store.ts';
import type { HandoffDeps } from './handoff-deps.ts';
import { writeStep } from './handoff-writes.ts';
import { locateSystem } from './locate-system.ts';
import { runHandoff } from './run-handoff.ts';
import { createTurns } from './turns.ts';

/** The runs that are under way in this process. */
export interface Runner {
  /** Goes on with a run that is on record. */
  start(stored: StoredHandoff): void;
  /** Ends what is under way for a run that was written off. */
  letGo(id: number, why: string): void;
  /** Ends what is under way for installs that are not among these, and says which runs that were. */
  keepOnly(installs: ReadonlySet<number>): readonly StoredHandoff[];
  /** Lets go of every run where it stands. */
  stop(): Promise<void>;
}

/** Connections that are tried at the same time. */
const MOST_PROBES = 32;
/** Until a run is gone on with that our own side has failed. */
const OWN_FAILURE_MS = 30_000;

interface Running {
  readonly stored: StoredHandoff;
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

export function createRunner(parts: HandoffDeps): Runner {
  const { deps, clock, onError } = parts;
  const { store } = deps;
  const running = new Map<number, Running>();
  const stopping = new AbortController();
  const runDeps = {
    ...parts,
    turns: createTurns(parts.maxConcurrent),
    probeTurns: createTurns(() => MOST_PROBES),
    write: (stored: StoredHandoff, change: Parameters<typeof writeStep>[2]) =>
      store.transaction((tx) => writeStep(tx, stored, change, clock.now())),
    locate: (stored: StoredHandoff) => locateSystem(store, stored, clock.now()),
  };
  const findOpen = async (id: number): Promise<StoredHandoff | undefined> => {
    const found = await store.read.handoffs.find(id);
    return found?.handoff.finishedAt === null ? found : undefined;
  };
  /** What fails on our side (a full disk) fails for a while: the run goes on from what is on record. */
  const untilOver = async (first: StoredHandoff, signal: AbortSignal): Promise<void> => {
    const { id } = first.handoff;
    let stored: StoredHandoff | undefined = first;
    while (stored !== undefined && !signal.aborted) {
      try {
        return await runHandoff(runDeps, stored, signal);
      } catch (error) {
        if (signal.aborted) return;
        onError(error, `run ${id}`);
        await clock.wait(OWN_FAILURE_MS, signal).catch(() => {});
        stored = await findOpen(id).catch(() => stored);
      }
    }
  };
  const letGo = (id: number, why: string): void => running.get(id)?.abort.abort(new Error(why));
  return {
    start(stored) {
      const { id } = stored.handoff;
      if (stopping.signal.aborted || running.has(id)) return;
      const abort = new AbortController();
      const signal = AbortSignal.any([abort.signal, stopping.signal]);
      const done = untilOver(stored, signal).finally(() => running.delete(id));
      running.set(id, { stored, abort, done });
    },
    letGo,
    keepOnly(installs) {
      const isForeign = ({ handoff }: StoredHandoff): boolean =>
        handoff.install !== null && !installs.has(handoff.install);
      const foreign = [...running.values()].map(({ stored }) => stored).filter(isForeign);
      for (const { handoff } of foreign) letGo(handoff.id, 'its install is not being configured any more');
      return foreign;
    },
    async stop() {
      stopping.abort(new Error('the service stops'));
      await Promise.all([...running.values()].map(({ done }) => done));
    },
  };
}
