import type { NewBootEvent, Outcome } from '../../domain/boot/boot-event.ts';
import type { BmcSession } from '../../domain/power/bmc-driver.ts';
import { BMC_FAILURES, BmcError } from '../../domain/power/bmc-error.ts';
import type { Job, JobChange, JobFailure } from '../../domain/power/job.ts';
import type { PowerState } from '../../domain/power/power.ts';
import type { StoredBmc, StoredJob } from '../../store/interfaces/power-store.ts';
import type { BmcAccess } from './bmc-access.ts';
import type { Clock } from './clock.ts';
import { decideJob, type JobSituation, type JobTiming, type Move, type Seen } from './decide-job.ts';

export interface RunJobDeps {
  readonly clock: Clock;
  readonly access: Pick<BmcAccess, 'session'>;
  readonly timing: JobTiming;
  readonly findBmc: (systemId: number) => Promise<StoredBmc | undefined>;
  /** Writes a change to the disk; null where the job is over meanwhile. */
  readonly write: (id: number, change: JobChange) => Promise<StoredJob | null>;
  readonly noteState: (systemId: number, state: PowerState, reason: string) => void;
  readonly record: (event: NewBootEvent) => void;
}

/** The job is over (cancelled, or removed with its system): nothing more may be done for it. */
class JobOver extends Error {}

/**
 * Runs a job from wherever it is to its end. Rejects with the signal's reason when it is aborted: then it goes on from
 * what is on record when it is run again.
 */
export async function runJob(deps: RunJobDeps, stored: StoredJob, signal: AbortSignal): Promise<void> {
  try {
    let job = stored;
    await deps.clock.wait(Date.parse(job.job.startAt) - deps.clock.now(), signal);
    for (;;) {
      const next = await oneSession(deps, job, signal);
      job = next.job;
      if (next.move.do === 'finish') return await finish(deps, job, next.move);
      await deps.clock.wait(next.move.afterMs, signal);
    }
  } catch (error) {
    if (!(error instanceof JobOver)) throw error;
  }
}

interface Next {
  readonly job: StoredJob;
  readonly move: Exclude<Move, { do: 'send' }>;
}

/** What comes of one session with the BMC, however it ends. */
async function oneSession(deps: RunJobDeps, stored: StoredJob, signal: AbortSignal): Promise<Next> {
  let job = stored;
  const keep = async (change: JobChange): Promise<void> => {
    job = await writeOrStop(deps, job, change);
  };
  const decide = (seen: Seen): Move => decideJob(situationOf(job.job), seen, deps.clock.now(), deps.timing);
  try {
    const bmc = await deps.findBmc(job.systemId);
    if (bmc === undefined) throw new BmcError('unsupported', 'the record has no BMC any more');
    const move = await deps.access.session(bmc, signal, async (session) => {
      const state = await stateOf(session);
      deps.noteState(job.systemId, state, `${job.job.action}, job ${job.job.id}`);
      let next = decide({ kind: 'state', state });
      while (next.do === 'send') {
        const { step, message, order } = next;
        // On the disk before the machine feels it.
        await keep({ state: 'running', step, message, attempts: 0, failure: null });
        // Who was told to stop gives no order any more, although its session may still be open.
        signal.throwIfAborted();
        await session.power(order);
        deps.record(powerEvent(job, 'ok', message));
        next = decide({ kind: 'accepted' });
        if (next.do === 'look') await keep(changeOf(next, job));
      }
      return next;
    });
    return { job, move };
  } catch (error) {
    if (!(error instanceof BmcError) || signal.aborted) throw error;
    const seen: Seen = { kind: 'failed', failure: error.failure, detail: error.message };
    const move = decide(seen);
    if (move.do === 'send') throw new TypeError(`an order after a failure: ${move.message}`);
    deps.noteState(job.systemId, 'unknown', `${BMC_FAILURES[error.failure].says}: ${error.message}`);
    if (move.do === 'look') await keep(changeOf(move, job));
    return { job, move };
  }
}

/** A step that goes on keeps the time at which it was begun. */
function changeOf(
  { step, attempts, failure, message }: Extract<Move, { do: 'look' }>,
  { job }: StoredJob,
): JobChange {
  return { attempts, failure, message, ...(step === job.step ? {} : { step }) };
}

async function writeOrStop(deps: RunJobDeps, { job }: StoredJob, change: JobChange): Promise<StoredJob> {
  const written = await deps.write(job.id, change);
  if (written === null) throw new JobOver();
  return written;
}

async function finish(
  deps: RunJobDeps,
  stored: StoredJob,
  { failure, message }: Extract<Move, { do: 'finish' }>,
): Promise<void> {
  await writeOrStop(deps, stored, { state: failure === null ? 'done' : 'failed', failure, message });
  deps.record(powerEvent(stored, failure === null ? 'ok' : 'error', message, failure));
}

/** One line of the machine's timeline. */
export function powerEvent(
  { systemId, job }: StoredJob,
  outcome: Outcome,
  message: string,
  failure: JobFailure | null = null,
): NewBootEvent {
  const data = { job: job.id, action: job.action, ...(failure === null ? {} : { failure }) };
  const text = `${job.action} by ${job.requestedBy}: ${message}`;
  return { systemId, mac: null, installId: null, stage: 'power', outcome, message: text, data };
}

/** Drivers that cannot ask say `unsupported`; then orders are given without knowing. */
async function stateOf(session: BmcSession): Promise<PowerState> {
  try {
    return await session.powerState();
  } catch (error) {
    if (error instanceof BmcError && error.failure === 'unsupported') return 'unknown';
    throw error;
  }
}

function situationOf(job: Job): JobSituation {
  const { id, action, step, attempts, failure, timeoutSeconds } = job;
  return {
    id,
    action,
    step,
    attempts,
    failure,
    stepAtMs: Date.parse(job.stepAt),
    timeoutMs: timeoutSeconds * 1000,
  };
}
