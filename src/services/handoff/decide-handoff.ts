import type { HandoffChange, HandoffState } from '../../domain/handoff/handoff.ts';
import { HANDOFF_FAILURES, type HandoffFailure } from '../../domain/handoff/handoff-failure.ts';
import type { HandoffOutcome, SshAnswer, SshNeed } from './driver.ts';

/** What a decision needs to know of a run. */
export interface HandoffSituation {
  readonly state: HandoffState;
  readonly stateAtMs: number;
  readonly startAtMs: number;
  readonly tries: number;
  readonly interruptions: number;
  /** Only look at what would change. */
  readonly check: boolean;
  /** Of its definition. */
  readonly rules: HandoffRules;
}

export interface HandoffRules {
  readonly needs: SshNeed;
  readonly checkFirst: boolean;
  readonly sshWaitMs: number;
  readonly tries: number;
}

/** What came of looking for the machine by SSH. */
export type SshHeard = SshAnswer | { readonly kind: 'no-address' | 'no-host-keys' };

export type HandoffSeen =
  /** It is taken up: new, after a rest, or found on record after a restart. */
  | { readonly kind: 'begin' }
  /** `refusals`: how often in a row the login was refused. */
  | { readonly kind: 'ssh'; readonly answer: SshHeard; readonly refusals: number }
  | { readonly kind: 'turn' }
  | { readonly kind: 'ended'; readonly outcome: HandoffOutcome };

/** What happens next; `change` is written before it is done. */
export type HandoffStep =
  | { readonly do: 'rest'; readonly afterMs: number; readonly change: HandoffChange }
  | { readonly do: 'probe'; readonly afterMs: number; readonly change: HandoffChange }
  | { readonly do: 'queue'; readonly change: HandoffChange }
  | { readonly do: 'run'; readonly phase: 'checking' | 'running'; readonly change: HandoffChange }
  | { readonly do: 'finish'; readonly change: HandoffChange };

/** A service that ends with every run would otherwise run it for ever. */
export const MOST_INTERRUPTIONS = 5;
/** Keys of users come late where cloud-init writes them: some seconds, not the whole wait. */
export const MOST_REFUSED_LOGINS = 12;
const FIRST_REST_MS = 15_000;
const LONGEST_REST_MS = 600_000;

/**
 * The life of a run: waiting -> awaiting-ssh -> (waiting for its turn) -> checking -> running -> done | failed. Pure: the
 * record, what was seen and the time give the next step with its reason.
 */
export function decideHandoff(run: HandoffSituation, seen: HandoffSeen, nowMs: number): HandoffStep {
  switch (seen.kind) {
    case 'begin':
      return begin(run, nowMs);
    case 'ssh':
      return heardSsh(run, seen, nowMs);
    case 'turn':
      return start(run, run.check || run.rules.checkFirst ? 'checking' : 'running');
    case 'ended':
      return ended(run, seen.outcome, nowMs);
  }
}

function begin(run: HandoffSituation, nowMs: number): HandoffStep {
  if (run.state === 'checking' || run.state === 'running') return goOnAfterInterruption(run);
  const afterMs = run.startAtMs - nowMs;
  if (afterMs > 0) return { do: 'rest', afterMs, change: {} };
  return approach(run, {});
}

/** What it had done by then nobody knows; a playbook is made to be run again. */
function goOnAfterInterruption(run: HandoffSituation): HandoffStep {
  const interruptions = run.interruptions + 1;
  if (interruptions > MOST_INTERRUPTIONS) return fail('interrupted', `${interruptions} times`);
  const message = 'the service was ended in the middle of it; it is run again from the beginning';
  return approach(run, { interruptions, message });
}

function approach(run: HandoffSituation, change: HandoffChange): HandoffStep {
  if (run.rules.needs === 'nothing')
    return { do: 'queue', change: { message: 'waits for its turn', ...change, state: 'waiting' } };
  const message = change.message ?? 'waits until SSH answers';
  return { do: 'probe', afterMs: 0, change: { ...change, message, state: 'awaiting-ssh' } };
}

function heardSsh(
  run: HandoffSituation,
  { answer, refusals }: Extract<HandoffSeen, { kind: 'ssh' }>,
  nowMs: number,
): HandoffStep {
  switch (answer.kind) {
    case 'open':
      return { do: 'queue', change: { state: 'waiting', message: 'SSH answers with the reported host key' } };
    case 'wrong-key':
      return fail('wrong-host-key', answer.detail);
    case 'not-started':
      return fail('not-started', answer.detail);
    case 'no-host-keys':
      return fail('no-host-keys', '');
    case 'login-refused':
      if (refusals >= MOST_REFUSED_LOGINS) return fail('login-refused', answer.detail);
      return askAgain(run, 'login-refused', answer.detail, nowMs);
    case 'silent':
      return askAgain(run, 'ssh-silent', answer.detail, nowMs);
    case 'no-address':
      return askAgain(run, 'no-address', 'none on record, and none is leased to it', nowMs);
  }
}

/** Within the limit, which counts from when SSH was first asked for; a restart does not make it longer. */
function askAgain(
  run: HandoffSituation,
  failure: HandoffFailure,
  detail: string,
  nowMs: number,
): HandoffStep {
  const waitedMs = nowMs - run.stateAtMs;
  const { sshWaitMs } = run.rules;
  if (waitedMs >= sshWaitMs) return fail(failure, `within ${sshWaitMs / 1000} s: ${detail}`);
  const afterMs = Math.min(
    waitedMs < 30_000 ? 2_000 : waitedMs < 120_000 ? 5_000 : 15_000,
    sshWaitMs - waitedMs,
  );
  return { do: 'probe', afterMs, change: { message: `waits until SSH answers: ${detail}` } };
}

function start(run: HandoffSituation, phase: 'checking' | 'running'): HandoffStep {
  const doing = phase === 'checking' ? 'looks at what would change' : 'configures the machine';
  const again = run.tries > 0 ? ` (try ${run.tries + 1} of ${run.rules.tries})` : '';
  return { do: 'run', phase, change: { state: phase, message: `${doing}${again}` } };
}

function ended(run: HandoffSituation, outcome: HandoffOutcome, nowMs: number): HandoffStep {
  const { failure, message, changed } = outcome;
  if (failure === null) {
    if (run.state === 'checking' && !run.check) return start(run, 'running');
    return { do: 'finish', change: { state: 'done', failure: null, message, changed } };
  }
  const tries = run.tries + 1;
  if (!HANDOFF_FAILURES[failure].again || tries >= run.rules.tries) return fail(failure, message, { tries });
  const restMs = Math.min(FIRST_REST_MS * 2 ** (tries - 1), LONGEST_REST_MS);
  const text = `${says(failure, message)}; tried again in ${restMs / 1000} s`;
  const change = { state: 'waiting', tries, failure, message: text, startAtMs: nowMs + restMs } as const;
  return { do: 'rest', afterMs: restMs, change };
}

function fail(failure: HandoffFailure, detail: string, more: HandoffChange = {}): HandoffStep {
  return { do: 'finish', change: { ...more, state: 'failed', failure, message: says(failure, detail) } };
}

/** `a task failed: install nginx: …` */
function says(failure: HandoffFailure, detail: string): string {
  return detail === '' ? HANDOFF_FAILURES[failure].says : `${HANDOFF_FAILURES[failure].says}: ${detail}`;
}
