import { describe, expect, it } from 'vitest';
import {
  decideHandoff,
  type HandoffSeen,
  type HandoffSituation,
  MOST_INTERRUPTIONS,
  MOST_REFUSED_LOGINS,
  type SshHeard,
} from '../../../src/services/handoff/decide-handoff.ts';

const RULES = { needs: 'login', checkFirst: false, sshWaitMs: 600_000, tries: 3 } as const;

function situation(more: Partial<HandoffSituation> = {}, rules: object = {}): HandoffSituation {
  const still = { tries: 0, interruptions: 0, check: false, stateAtMs: 0, startAtMs: 0 };
  return { state: 'waiting', ...still, ...more, rules: { ...RULES, ...rules } };
}

const ssh = (answer: SshHeard, refusals = 0): HandoffSeen => ({ kind: 'ssh', answer, refusals });
const failed = (failure: 'task-failed' | 'time-limit'): HandoffSeen => ({
  kind: 'ended',
  outcome: { failure, message: 'x', changed: null },
});
const done: HandoffSeen = { kind: 'ended', outcome: { failure: null, message: 'fine', changed: 2 } };
const silent: SshHeard = { kind: 'silent', detail: 'Connection refused' };
const asking = situation({ state: 'awaiting-ssh' });

describe('the next step of a run', () => {
  it.each<[string, HandoffSituation, HandoffSeen, number, object]>([
    [
      'a new run asks for SSH',
      situation(),
      { kind: 'begin' },
      0,
      { do: 'probe', afterMs: 0, change: { state: 'awaiting-ssh' } },
    ],
    [
      'one that needs no SSH goes for its turn',
      situation({}, { needs: 'nothing' }),
      { kind: 'begin' },
      0,
      { do: 'queue' },
    ],
    [
      'one that rests goes on resting',
      situation({ startAtMs: 5000 }),
      { kind: 'begin' },
      2000,
      { do: 'rest', afterMs: 3000, change: {} },
    ],
    ['SSH that is silent is asked again soon', asking, ssh(silent), 1000, { do: 'probe', afterMs: 2000 }],
    ['less often after half a minute', asking, ssh(silent), 30_000, { do: 'probe', afterMs: 5000 }],
    ['and less again after two', asking, ssh(silent), 120_000, { do: 'probe', afterMs: 15_000 }],
    ['never beyond the limit', asking, ssh(silent), 599_000, { do: 'probe', afterMs: 1000 }],
    [
      'until the limit',
      asking,
      ssh(silent),
      600_000,
      {
        do: 'finish',
        change: {
          state: 'failed',
          failure: 'ssh-silent',
          message: 'SSH did not answer in time: within 600 s: Connection refused',
        },
      },
    ],
    ['no address is waited for as well', asking, ssh({ kind: 'no-address' }), 0, { do: 'probe' }],
    [
      'and fails by its own name',
      asking,
      ssh({ kind: 'no-address' }),
      600_000,
      { do: 'finish', change: { failure: 'no-address' } },
    ],
    [
      'another key ends it at once',
      asking,
      ssh({ kind: 'wrong-key', detail: 'd' }),
      0,
      { do: 'finish', change: { failure: 'wrong-host-key' } },
    ],
    [
      'no reported key ends it at once',
      asking,
      ssh({ kind: 'no-host-keys' }),
      0,
      { do: 'finish', change: { failure: 'no-host-keys' } },
    ],
    [
      'a refused login is asked again',
      asking,
      ssh({ kind: 'login-refused', detail: 'd' }, 1),
      0,
      { do: 'probe' },
    ],
    [
      'a dozen times',
      asking,
      ssh({ kind: 'login-refused', detail: 'd' }, MOST_REFUSED_LOGINS),
      0,
      { do: 'finish', change: { failure: 'login-refused' } },
    ],
    [
      'SSH that answers: its turn',
      asking,
      ssh({ kind: 'open' }),
      0,
      { do: 'queue', change: { state: 'waiting' } },
    ],
    [
      'its turn: it runs',
      situation(),
      { kind: 'turn' },
      0,
      { do: 'run', phase: 'running', change: { state: 'running' } },
    ],
    [
      'it looks first where that is wanted',
      situation({}, { checkFirst: true }),
      { kind: 'turn' },
      0,
      { do: 'run', phase: 'checking' },
    ],
    ['it only looks', situation({ check: true }), { kind: 'turn' }, 0, { do: 'run', phase: 'checking' }],
    [
      'looked well: for real',
      situation({ state: 'checking' }, { checkFirst: true }),
      done,
      0,
      { do: 'run', phase: 'running' },
    ],
    [
      'only looked: done',
      situation({ state: 'checking', check: true }),
      done,
      0,
      { do: 'finish', change: { state: 'done', changed: 2 } },
    ],
    [
      'done',
      situation({ state: 'running' }),
      done,
      0,
      { do: 'finish', change: { state: 'done', failure: null, message: 'fine', changed: 2 } },
    ],
    [
      'a failure that may go away: after a rest',
      situation({ state: 'running' }),
      failed('task-failed'),
      7000,
      {
        do: 'rest',
        afterMs: 15_000,
        change: { state: 'waiting', tries: 1, startAtMs: 22_000, failure: 'task-failed' },
      },
    ],
    [
      'a longer one the second time',
      situation({ state: 'running', tries: 1 }),
      failed('task-failed'),
      0,
      { do: 'rest', afterMs: 30_000 },
    ],
    [
      'the last try',
      situation({ state: 'running', tries: 2 }),
      failed('task-failed'),
      0,
      { do: 'finish', change: { state: 'failed', tries: 3 } },
    ],
    [
      'a failure that stays is final',
      situation({ state: 'running' }),
      failed('time-limit'),
      0,
      { do: 'finish', change: { failure: 'time-limit' } },
    ],
    [
      'found running after a restart: from the beginning, and it says so',
      situation({ state: 'running' }),
      { kind: 'begin' },
      0,
      {
        do: 'probe',
        change: { interruptions: 1, message: expect.stringContaining('run again from the beginning') },
      },
    ],
    [
      'but not for ever',
      situation({ state: 'checking', interruptions: MOST_INTERRUPTIONS }),
      { kind: 'begin' },
      0,
      { do: 'finish', change: { failure: 'interrupted' } },
    ],
  ])('%s', (_name, run, seen, nowMs, step) => {
    expect(decideHandoff(run, seen, nowMs)).toMatchObject(step);
  });
});
