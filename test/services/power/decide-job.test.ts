import { describe, expect, it } from 'vitest';
import type { BmcFailure } from '../../../src/domain/power/bmc-error.ts';
import type { JobStep } from '../../../src/domain/power/job.ts';
import { POWER_ACTIONS, type PowerAction, type PowerState } from '../../../src/domain/power/power.ts';
import {
  decideJob,
  type JobSituation,
  type Move,
  type Seen,
} from '../../../src/services/power/decide-job.ts';

const TIMING = { pollMs: 5000, tries: 4 };

function situation(change: Partial<JobSituation>): JobSituation {
  return {
    id: 0,
    action: 'cycle',
    step: 'queued',
    stepAtMs: 0,
    attempts: 0,
    failure: null,
    timeoutMs: 300_000,
    ...change,
  };
}

/** `send off`, `look 5000 awaiting-off`, `done` or `failed timeout`. */
function brief(move: Move): string {
  if (move.do === 'send') return `send ${move.order}`;
  if (move.do === 'look') return `look ${move.afterMs} ${move.step}`;
  return move.failure === null ? 'done' : `failed ${move.failure}`;
}

const decide = (job: Partial<JobSituation>, seen: Seen, nowMs = 0) =>
  brief(decideJob(situation(job), seen, nowMs, TIMING));
const state = (value: PowerState): Seen => ({ kind: 'state', state: value });
const failed = (failure: BmcFailure): Seen => ({ kind: 'failed', failure, detail: 'x' });

describe('what is seen of the state', () => {
  it.each<[PowerAction, JobStep, PowerState, number, string]>([
    // The begin.
    ['on', 'queued', 'off', 0, 'send on'],
    ['on', 'queued', 'on', 0, 'done'],
    ['on', 'queued', 'unknown', 0, 'send on'],
    ['off', 'queued', 'on', 0, 'send off'],
    ['off', 'queued', 'off', 0, 'done'],
    ['off', 'queued', 'unknown', 0, 'send off'],
    ['soft', 'queued', 'on', 0, 'send soft'],
    ['soft', 'queued', 'off', 0, 'done'],
    ['reset', 'queued', 'on', 0, 'send reset'],
    ['reset', 'queued', 'off', 0, 'failed refused'],
    ['cycle', 'queued', 'on', 0, 'send off'],
    ['cycle', 'queued', 'off', 0, 'send on'],
    ['cycle', 'queued', 'unknown', 0, 'failed unsupported'],
    // On its way.
    ['off', 'awaiting-off', 'on', 299_999, 'look 5000 awaiting-off'],
    ['off', 'awaiting-off', 'on', 300_000, 'failed timeout'],
    ['off', 'awaiting-off', 'off', 400_000, 'done'],
    ['off', 'awaiting-off', 'unknown', 0, 'done'],
    ['soft', 'awaiting-off', 'on', 300_000, 'failed timeout'],
    ['cycle', 'awaiting-off', 'on', 1000, 'look 5000 awaiting-off'],
    ['cycle', 'awaiting-off', 'off', 1000, 'send on'],
    ['cycle', 'awaiting-on', 'off', 1000, 'look 5000 awaiting-on'],
    ['cycle', 'awaiting-on', 'on', 1000, 'done'],
    ['on', 'awaiting-on', 'off', 300_000, 'failed timeout'],
    ['on', 'awaiting-on', 'unknown', 0, 'done'],
    // An order of which nobody knows whether it was carried out: a restart, or a lost answer.
    ['off', 'sending-off', 'off', 0, 'done'],
    ['off', 'sending-off', 'on', 29_999, 'look 5000 sending-off'],
    ['off', 'sending-off', 'on', 30_000, 'send off'],
    ['off', 'sending-off', 'unknown', 0, 'send off'],
    ['cycle', 'sending-off', 'off', 0, 'send on'],
    ['cycle', 'sending-off', 'on', 29_999, 'look 5000 sending-off'],
    ['cycle', 'sending-off', 'on', 30_000, 'failed interrupted'],
    ['cycle', 'sending-off', 'unknown', 0, 'failed interrupted'],
    ['cycle', 'sending-on', 'off', 0, 'send on'],
    ['cycle', 'sending-on', 'on', 0, 'done'],
    ['on', 'sending-on', 'unknown', 0, 'send on'],
    ['soft', 'sending-soft', 'on', 0, 'look 5000 sending-soft'],
    ['soft', 'sending-soft', 'on', 300_000, 'failed timeout'],
    ['soft', 'sending-soft', 'off', 0, 'done'],
    ['reset', 'sending-reset', 'on', 0, 'failed interrupted'],
    ['reset', 'sending-reset', 'off', 0, 'failed interrupted'],
  ])('%s, %s, %s, %d ms: %s', (action, step, seen, nowMs, expected) => {
    expect(decide({ action, step }, state(seen), nowMs)).toBe(expected);
  });

  it('never makes a second disruptive order of a job whose first may have been carried out', () => {
    const steps: JobStep[] = [
      'sending-off',
      'sending-soft',
      'awaiting-off',
      'sending-on',
      'awaiting-on',
      'sending-reset',
    ];
    for (const action of POWER_ACTIONS.filter((one) => one !== 'off')) {
      for (const step of steps) {
        for (const seen of ['on', 'off', 'unknown'] as const) {
          for (const nowMs of [0, 60_000, 600_000])
            expect(
              ['done', 'send on'].includes(decide({ action, step }, state(seen), nowMs)) ||
                !/^send/.test(decide({ action, step }, state(seen), nowMs)),
            ).toBe(true);
        }
      }
    }
  });
});

describe('what follows a yes', () => {
  it.each<[PowerAction, JobStep, string]>([
    ['on', 'sending-on', 'look 2000 awaiting-on'],
    ['off', 'sending-off', 'look 2000 awaiting-off'],
    ['soft', 'sending-soft', 'look 2000 awaiting-off'],
    ['reset', 'sending-reset', 'done'],
  ])('%s, %s: %s', (action, step, expected) => {
    expect(decide({ action, step }, { kind: 'accepted' })).toBe(expected);
  });
});

describe('what follows a failure', () => {
  it.each<[JobStep, BmcFailure, number, number, string]>([
    ['queued', 'unreachable', 0, 0, 'look 2000 queued'],
    ['queued', 'unreachable', 1, 0, 'look 6000 queued'],
    ['queued', 'unreachable', 2, 0, 'look 18000 queued'],
    ['queued', 'unreachable', 3, 0, 'failed unreachable'],
    ['queued', 'out-of-sessions', 0, 0, 'look 20000 queued'],
    ['queued', 'wrong-credentials', 0, 0, 'failed wrong-credentials'],
    ['queued', 'privilege', 0, 0, 'failed privilege'],
    ['queued', 'no-cipher', 0, 0, 'failed no-cipher'],
    ['queued', 'certificate', 0, 0, 'failed certificate'],
    ['queued', 'refused', 0, 0, 'failed refused'],
    ['awaiting-off', 'unreachable', 17, 299_999, 'look 5000 awaiting-off'],
    ['awaiting-off', 'unreachable', 17, 300_000, 'failed unreachable'],
    ['awaiting-off', 'wrong-credentials', 0, 0, 'failed wrong-credentials'],
    ['sending-off', 'timeout', 0, 0, 'look 2000 sending-off'],
    ['sending-off', 'timeout', 3, 0, 'failed timeout'],
    ['sending-off', 'refused', 0, 0, 'look 2000 sending-off'],
    ['sending-reset', 'timeout', 0, 0, 'failed interrupted'],
    ['sending-reset', 'refused', 0, 0, 'failed refused'],
  ])('%s, %s after %d more, %d ms: %s', (step, failure, attempts, nowMs, expected) => {
    expect(decide({ step, attempts }, failed(failure), nowMs)).toBe(expected);
  });

  it('of a refused order is judged by the state: some BMCs refuse and do it', () => {
    const job = { failure: 'refused' as const, action: 'off' as const, step: 'sending-off' as const };
    expect(decide(job, state('off'))).toBe('done');
    expect(decide(job, state('on'))).toBe('failed refused');
    expect(decide({ ...job, action: 'on', step: 'sending-on' }, state('off'))).toBe('failed refused');
  });

  it('waits a little differently for each job', () => {
    const waits = [1, 2, 3, 4].map((id) => decide({ id }, failed('unreachable')));
    expect(new Set(waits).size).toBe(4);
    for (const text of waits) expect(Number(/\d+/.exec(text)?.[0])).toBeLessThan(3000);
  });
});
