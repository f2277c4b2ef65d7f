import { BMC_FAILURES, type BmcFailure } from '../../domain/power/bmc-error.ts';
import type { JobFailure, JobStep } from '../../domain/power/job.ts';
import type { PowerAction, PowerState } from '../../domain/power/power.ts';

/** What a decision needs to know of a job. */
export interface JobSituation {
  readonly id: number;
  readonly action: PowerAction;
  readonly step: JobStep;
  readonly stepAtMs: number;
  readonly attempts: number;
  /** Why the last session failed, where it did. */
  readonly failure: JobFailure | null;
  readonly timeoutMs: number;
}

/** What came of a session, or of an order in it. */
export type Seen =
  | { readonly kind: 'state'; readonly state: PowerState }
  /** The BMC has said yes to the order of the step. */
  | { readonly kind: 'accepted' }
  | { readonly kind: 'failed'; readonly failure: BmcFailure; readonly detail: string };

/** An order that a BMC gets; a cycle is made of two. */
export type Order = Exclude<PowerAction, 'cycle'>;

/** What happens next, and why. */
export type Move =
  /** Write down the step, then give the order. */
  | { readonly do: 'send'; readonly order: Order; readonly step: JobStep; readonly message: string }
  /** Ask again in a session of its own. */
  | {
      readonly do: 'look';
      readonly afterMs: number;
      readonly step: JobStep;
      readonly attempts: number;
      readonly failure: JobFailure | null;
      readonly message: string;
    }
  | { readonly do: 'finish'; readonly failure: JobFailure | null; readonly message: string };

export interface JobTiming {
  /** Between two questions while a machine is on its way. */
  readonly pollMs: number;
  /** Sessions in a row that may fail. */
  readonly tries: number;
}

/** The first question after an order; most machines are there by then. */
const FIRST_LOOK_MS = 2_000;
/** So long a BMC may show the state from before an order. */
const LAG_MS = 30_000;
/** What is waited for after the first failure of a kind; three times that after each further one. */
const BACK_OFF_MS: Partial<Record<BmcFailure, number>> = { 'out-of-sessions': 20_000 };
const USUAL_BACK_OFF_MS = 2_000;

/**
 * The next step of a job. Pure: what is on record, what was seen, the time.
 *
 * The rule for restarts and lost answers: an order is on record before it is given. Where it is not known whether it was
 * carried out, the state decides: reached means that it was. Not reached, orders that only ever lead there (`on`, `off`)
 * are given again; `reset`, `soft` and the `off` of a cycle are not, since the machine may have done them already and be
 * up again: the job ends as `interrupted` and says so. So no machine is ever cycled or reset twice.
 */
export function decideJob(job: JobSituation, seen: Seen, nowMs: number, timing: JobTiming): Move {
  if (seen.kind === 'accepted') return afterYes(job);
  if (seen.kind === 'failed') return afterFailure(job, seen, nowMs, timing);
  switch (job.step) {
    case 'queued':
      return begin(job, seen.state);
    case 'sending-off':
      return afterUnknownOff(job, seen.state, nowMs, timing);
    case 'sending-on':
      if (seen.state === 'on') return finish('is on');
      return refusedBefore(job) ?? send('on', 'told again to switch on');
    case 'awaiting-on':
      if (seen.state === 'unknown') return finish('was told to switch on; its BMC cannot say whether it is');
      return seen.state === 'on' ? finish('is on') : keepWaiting(job, 'on', nowMs, timing);
    case 'sending-soft':
    case 'awaiting-off':
      return awaitOff(job, seen.state, nowMs, timing);
    case 'sending-reset':
      return finish(UNKNOWN_RESET, 'interrupted');
  }
}

const UNKNOWN_RESET = 'it is not known whether the reset was carried out; it was not repeated';

function begin({ action }: JobSituation, state: PowerState): Move {
  switch (action) {
    case 'on':
      return state === 'on' ? finish('is on already') : send('on', 'told to switch on');
    case 'off':
      return state === 'off' ? finish('is off already') : send('off', 'told to switch off');
    case 'soft':
      return state === 'off' ? finish('is off already') : send('soft', 'its system was told to shut down');
    case 'reset':
      if (state === 'off') return finish('is off, so that there is nothing to reset', 'refused');
      return send('reset', 'told to reset');
    case 'cycle':
      if (state === 'off') return send('on', 'was off; told to switch on');
      if (state === 'on') return send('off', 'told to switch off');
      return finish('its BMC cannot say whether it is off, so that a cycle cannot be made', 'unsupported');
  }
}

function afterYes({ action, step }: JobSituation): Move {
  if (step === 'sending-reset') return finish('was reset');
  if (step === 'sending-on') return look(FIRST_LOOK_MS, 'awaiting-on', 'switches on');
  return look(FIRST_LOOK_MS, 'awaiting-off', action === 'soft' ? 'shuts down' : 'switches off');
}

/** Nobody knows whether the order to switch off was carried out. */
function afterUnknownOff(job: JobSituation, state: PowerState, nowMs: number, { pollMs }: JobTiming): Move {
  if (state === 'off') return isOff(job);
  const refused = refusedBefore(job);
  if (refused !== undefined) return refused;
  if (state === 'on' && nowMs < job.stepAtMs + LAG_MS)
    return look(pollMs, job.step, 'it is not known yet whether it was switched off');
  if (job.action === 'off') return send('off', 'told again to switch off');
  const where = state === 'on' ? 'it is on, and the order was not repeated' : 'the order was not repeated';
  return finish(`it is not known whether it was switched off; ${where}`, 'interrupted');
}

/** After an order that was refused the state decides: some BMCs refuse and do it all the same. */
function refusedBefore({ failure }: JobSituation): Move | undefined {
  return failure === 'refused' ? finish('its BMC refused, and it did not get there', 'refused') : undefined;
}

function awaitOff(job: JobSituation, state: PowerState, nowMs: number, timing: JobTiming): Move {
  if (state === 'off') return isOff(job);
  if (state === 'on') return keepWaiting(job, 'off', nowMs, timing);
  if (job.action === 'cycle') return begin(job, state);
  return finish('was told to switch off; its BMC cannot say whether it is');
}

function isOff({ action }: JobSituation): Move {
  return action === 'cycle' ? send('on', 'is off; told to switch on') : finish('is off');
}

function keepWaiting(job: JobSituation, wanted: 'on' | 'off', nowMs: number, { pollMs }: JobTiming): Move {
  if (nowMs < job.stepAtMs + job.timeoutMs) return look(pollMs, job.step, `is not ${wanted} yet`);
  const seconds = Math.round((nowMs - job.stepAtMs) / 1000);
  const soft = job.action === 'soft' ? '; its system does not shut down by itself' : '';
  return finish(`is still not ${wanted} after ${seconds} s${soft}`, 'timeout');
}

function afterFailure(
  job: JobSituation,
  { failure, detail }: Extract<Seen, { kind: 'failed' }>,
  nowMs: number,
  { pollMs, tries }: JobTiming,
): Move {
  const message = `${BMC_FAILURES[failure].says}: ${detail}`;
  const attempts = job.attempts + 1;
  const again = (afterMs: number): Move => ({
    do: 'look',
    afterMs,
    step: job.step,
    attempts,
    failure,
    message,
  });
  const isSending = job.step.startsWith('sending-');
  if (isSending && failure === 'refused' && job.step !== 'sending-reset') return again(FIRST_LOOK_MS);
  if (!BMC_FAILURES[failure].retry) return finish(message, failure);
  if (job.step === 'sending-reset') return finish(`${UNKNOWN_RESET} (${message})`, 'interrupted');
  // On its way a BMC may be deaf for a while: only the time counts.
  if (job.step.startsWith('awaiting-') && nowMs < job.stepAtMs + job.timeoutMs) return again(pollMs);
  if (attempts < tries) return again(backOffMs(failure, attempts, job.id));
  const doubt = isSending ? '; it is not known whether the last order was carried out' : '';
  return finish(`${message}${doubt}`, failure);
}

/** Spread by the job's number, so that a rack that fails together does not come back together. */
function backOffMs(failure: BmcFailure, attempts: number, id: number): number {
  const base = (BACK_OFF_MS[failure] ?? USUAL_BACK_OFF_MS) * 3 ** (attempts - 1);
  return Math.round(base * (1 + ((id * 7919) % 1000) / 2000));
}

function send(order: Order, message: string): Move {
  return { do: 'send', order, step: `sending-${order}`, message };
}

function look(afterMs: number, step: JobStep, message: string): Move {
  return { do: 'look', afterMs, step, attempts: 0, failure: null, message };
}

function finish(message: string, failure: JobFailure | null = null): Move {
  return { do: 'finish', failure, message };
}
