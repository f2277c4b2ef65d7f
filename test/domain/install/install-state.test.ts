import { describe, expect, it } from 'vitest';
import { decideBoot } from '../../../src/boot/decide.ts';
import {
  INSTALL_STATES,
  type InstallState,
  OPEN_STATES,
  SCRIPTS_PER_ATTEMPT,
} from '../../../src/domain/install/install.ts';
import {
  advance,
  hasAttemptLeft,
  type InstallLife,
  isOpen,
  type Observation,
} from '../../../src/domain/install/install-state.ts';

const NOW_MS = 1_000_000;
const DAY_MS = 24 * 60 * 60_000;

function facts(change: Partial<InstallLife> = {}): InstallLife {
  return {
    id: 7,
    state: 'armed',
    attempts: 1,
    attemptsUsed: 0,
    scriptsServed: 0,
    expiresAtMs: NOW_MS + 1,
    armedAtMs: NOW_MS - 9,
    stateAtMs: NOW_MS,
    stage: null,
    failure: null,
    handoff: 'none',
    ...change,
  };
}

const HOST_KEYS = ['ssh-ed25519 AAAA'];

const SEEN: Record<Observation['kind'], Observation> = {
  promoted: { kind: 'promoted' },
  'not-ready': { kind: 'not-ready', reason: 'initrd: is not there', hint: 'mend it' },
  'script-served': { kind: 'script-served' },
  'kernel-served': { kind: 'kernel-served' },
  'initrd-served': { kind: 'initrd-served' },
  'answer-served': { kind: 'answer-served' },
  progress: { kind: 'progress', stage: 'partitioning' },
  installed: { kind: 'installed' },
  'first-boot': { kind: 'first-boot', hostKeys: HOST_KEYS },
  failed: { kind: 'failed', stage: 'installing', reason: 'no disk' },
  netbooted: { kind: 'netbooted' },
  overdue: { kind: 'overdue', stage: 'kernel', reason: 'not asked for', hint: 'look' },
  'handed-off': { kind: 'handed-off' },
  'handoff-failed': { kind: 'handoff-failed', reason: 'unreachable', hint: 'try again' },
  'handoff-retried': { kind: 'handoff-retried' },
  expired: { kind: 'expired' },
  cancelled: { kind: 'cancelled', by: 'ada' },
};

/** The next state; `=` nothing changes, `-` refused, `.` the state stays and something else changes. */
function next(install: InstallLife, seen: Observation, nowMs = NOW_MS): string {
  const result = advance(install, seen, nowMs);
  if (result.refused !== undefined) return '-';
  if (result.change === null) return '=';
  return result.change.state ?? '.';
}

/**
 * Rows: what is seen. Columns: queued; armed, booting, loading, installing with an attempt left and with none; installed,
 * configuring, ready; failed by a hand-off, overdue before and after the answer file, by the installer's word, expired after the
 * answer file, cancelled after it.
 */
const TABLE: Record<Observation['kind'], string> = {
  'not-ready': 'failed - - - - - - - - - - - - - -',
  promoted: 'armed - - - - - - - - - - - - - -',
  'script-served': '- booting booting booting booting - - - - - - - - - -',
  'kernel-served': '- loading loading loading = - - - - - - - - - -',
  'initrd-served': '- loading loading loading = - - - - - - - - - -',
  'answer-served': '- installing installing installing = = - - - - - - - - -',
  progress: '- . . . . . - - - - - - - - -',
  installed: '- installed installed installed installed installed - - - - - installed - installed -',
  'first-boot': '- - - - ready ready ready = = - - ready - ready -',
  failed: '- failed failed failed failed failed - - - - - - - - -',
  netbooted: '- = = = = failed - - - - - - - - -',
  overdue: 'failed failed failed failed failed failed failed failed - - - - - - -',
  'handed-off': '- - - - - - - ready - - - - - - -',
  'handoff-failed': '- - - - - - - failed - - - - - - -',
  'handoff-retried': '- - - - - - - - - configuring - - - - -',
  expired: '= = = = = = = = = = = = = = =',
  cancelled: 'cancelled cancelled cancelled cancelled cancelled cancelled cancelled cancelled - - - - - - -',
};
const SPENT = { attempts: 2, attemptsUsed: 2, scriptsServed: 2 } as const;
const COLUMNS: readonly Partial<InstallLife>[] = [
  { state: 'queued' },
  { state: 'armed', attempts: 2 },
  { state: 'booting', attempts: 2, scriptsServed: 1 },
  { state: 'loading', attempts: 2, scriptsServed: 1 },
  { state: 'installing', attempts: 2, attemptsUsed: 1, scriptsServed: 1 },
  { state: 'installing', ...SPENT },
  { state: 'installed', ...SPENT },
  { state: 'configuring', ...SPENT, handoff: 'site' },
  { state: 'ready', ...SPENT },
  { state: 'failed', ...SPENT, failure: 'handoff', handoff: 'site' },
  { state: 'failed', failure: 'overdue', scriptsServed: 1 },
  { state: 'failed', ...SPENT, failure: 'overdue' },
  { state: 'failed', ...SPENT, failure: 'reported' },
  { state: 'expired', ...SPENT },
  { state: 'cancelled', ...SPENT },
];

describe('advance', () => {
  it.each(Object.entries(TABLE))('an install that sees %s', (kind, row) => {
    const seen = SEEN[kind as Observation['kind']];
    expect(COLUMNS.map((column) => next(facts(column), seen)).join(' ')).toBe(row);
  });

  it.each(OPEN_STATES)('one that is %s and past its time only expires', (state) => {
    for (const seen of Object.values(SEEN)) {
      const expected = seen.kind === 'expired' ? 'expired' : '-';
      expect(next(facts({ state, expiresAtMs: NOW_MS }), seen)).toBe(expected);
    }
  });

  it('of a machine that gives up, names what it was about', () => {
    expect(advance(facts({ state: 'installing' }), SEEN.failed, NOW_MS)).toMatchObject({
      change: { stage: 'installing' },
    });
    expect(advance(facts({ state: 'loading' }), SEEN.failed, NOW_MS)).toMatchObject({
      change: { stage: 'answer-file', failure: 'reported' },
    });
  });

  it('gives an install whose turn has come its whole time from then on', () => {
    const queued = facts({ state: 'queued', armedAtMs: NOW_MS - 5000, expiresAtMs: NOW_MS - 2000 });
    expect(advance(queued, SEEN.promoted, NOW_MS)).toEqual({
      change: {
        state: 'armed',
        stage: 'armed',
        position: null,
        expiresAt: new Date(NOW_MS + 3000).toISOString(),
      },
    });
  });

  it('leaves the queue with what was in the way, or why it was given up', () => {
    const queued = facts({ state: 'queued' });
    const reason = 'initrd: is not there';
    expect(advance(queued, SEEN['not-ready'], NOW_MS)).toEqual({
      change: {
        state: 'failed',
        stage: 'armed',
        position: null,
        failure: 'not-ready',
        reason,
        hint: 'mend it',
      },
    });
    expect(advance(queued, { kind: 'cancelled', by: 'ada', reason: 'enough failed' }, NOW_MS)).toEqual({
      change: { state: 'cancelled', position: null, reason: 'enough failed' },
    });
  });

  it.each(['installed', 'configuring', 'ready'] as const)('believes a first boot for a day: %s', (state) => {
    const at = (afterMs: number) => next(facts({ state }), SEEN['first-boot'], NOW_MS + afterMs);
    const expected = state === 'installed' ? 'ready' : '=';
    expect([at(0), at(DAY_MS - 1), at(DAY_MS)]).toEqual([expected, expected, '-']);
  });

  it.each([
    { state: 'failed', failure: 'overdue' },
    { state: 'failed', failure: 'netbooted' },
    { state: 'expired', failure: null },
  ] as const)('takes $state $failure back on proof, for a day', (end) => {
    const ended = facts({ ...end, attemptsUsed: 1 });
    for (const kind of ['installed', 'first-boot'] as const) {
      const taken = advance(ended, SEEN[kind], NOW_MS + DAY_MS - 1);
      expect(taken).toMatchObject({ change: { stage: kind, reason: null, failure: null, hint: null } });
      expect(next(ended, SEEN[kind], NOW_MS + DAY_MS)).toBe('-');
      expect(next({ ...ended, attemptsUsed: 0 }, SEEN[kind])).toBe('-');
    }
  });

  it('hears of its end once, and then only of its first boot', () => {
    const ended = facts({ state: 'failed', failure: 'overdue', stage: 'first-boot', attemptsUsed: 1 });
    expect(next(ended, SEEN.installed)).toBe('-');
    expect(next(ended, SEEN['first-boot'])).toBe('ready');
  });

  it('hands a new system on that has somebody to be handed to, with its keys', () => {
    const change = { stage: 'first-boot', hostKeys: HOST_KEYS, reason: null, failure: null, hint: null };
    for (const [handoff, state] of [
      ['none', 'ready'],
      ['site', 'configuring'],
    ] as const)
      expect(advance(facts({ state: 'installed', handoff }), SEEN['first-boot'], NOW_MS)).toEqual({
        change: { state, ...change },
      });
  });

  it('spends an attempt with the answer file, and only once for each', () => {
    const spent = advance(facts({ state: 'loading' }), SEEN['answer-served'], NOW_MS);
    expect(spent).toEqual({ change: { state: 'installing', stage: 'answer-file', attemptsUsed: 1 } });
    const again = advance(facts({ state: 'installing', attemptsUsed: 1 }), SEEN['answer-served'], NOW_MS);
    expect(again).toEqual({ change: null });
    const after = advance(facts({ state: 'booting', attemptsUsed: 1 }), SEEN['answer-served'], NOW_MS);
    expect(after).toEqual({ refused: 'all attempts are used up' });
  });

  it('gives each attempt a bounded number of boot scripts', () => {
    const last = facts({ state: 'booting', attempts: 2, scriptsServed: 2 * SCRIPTS_PER_ATTEMPT - 1 });
    expect(next(last, SEEN['script-served'])).toBe('booting');
    const none = { ...last, scriptsServed: last.scriptsServed + 1 };
    expect(next(none, SEEN['script-served'])).toBe('-');
    // What the last script names is still served.
    expect(next(none, SEEN['kernel-served'])).toBe('loading');
    expect(next(none, SEEN['answer-served'])).toBe('installing');
    expect(advance(none, SEEN.netbooted, NOW_MS)).toMatchObject({
      change: { state: 'failed', reason: expect.stringContaining('16 times') },
    });
  });

  it('ends in at most attempts × scripts boots, whatever a machine does', () => {
    // A machine that does what it likes, as often as it likes, without ever reporting: it comes to its disk.
    for (const pattern of [
      ['script-served'],
      ['script-served', 'answer-served'],
      ['script-served', 'kernel-served'],
    ] as const) {
      let install = facts({ attempts: 3 });
      let boots = 0;
      while (decideBoot({ known: true, install }, NOW_MS).action === 'install') {
        boots += 1;
        for (const kind of pattern) {
          const result = advance(install, SEEN[kind], NOW_MS);
          if (result.refused === undefined && result.change !== null)
            install = { ...install, ...result.change };
        }
        expect(boots).toBeLessThanOrEqual(3 * SCRIPTS_PER_ATTEMPT);
      }
      expect(boots).toBe(pattern.includes('answer-served' as never) ? 3 : 3 * SCRIPTS_PER_ATTEMPT);
    }
  });
});

describe('decideBoot', () => {
  it.each(INSTALL_STATES)('an install that is %s', (state: InstallState) => {
    const open = OPEN_STATES.includes(state);
    for (const attemptsUsed of [0, 1, 2]) {
      for (const scriptsServed of [0, 15, 16]) {
        for (const leftMs of [-1, 0, 1]) {
          const install = facts({
            state,
            attempts: 2,
            attemptsUsed,
            scriptsServed,
            expiresAtMs: NOW_MS + leftMs,
          });
          const may = open && attemptsUsed < 2 && scriptsServed < 16 && leftMs > 0;
          const { action, reason } = decideBoot({ known: true, install }, NOW_MS);
          expect(action).toBe(may ? 'install' : 'local');
          expect(reason).not.toBe('');
          expect(isOpen(install, NOW_MS)).toBe(open && leftMs > 0);
          expect(hasAttemptLeft(install)).toBe(attemptsUsed < 2 && scriptsServed < 16);
        }
      }
    }
  });

  it.each([
    { facts: { known: false, install: null }, action: 'ignore', reason: 'no system has this MAC' },
    { facts: { known: true, install: null }, action: 'local', reason: 'no install is armed' },
    { facts: { known: true, install: facts() }, action: 'install', reason: 'install 7, attempt 1 of 1' },
    {
      facts: { known: true, install: facts({ state: 'installed' }) },
      action: 'local',
      reason: 'the install is done',
    },
    {
      facts: { known: true, install: facts({ state: 'failed' }) },
      action: 'local',
      reason: 'the last install is over (failed)',
    },
    {
      facts: { known: true, install: facts({ expiresAtMs: 0 }) },
      action: 'local',
      reason: 'the install expired at 1970-01-01T00:00:00.000Z',
    },
    {
      facts: { known: true, install: facts({ attemptsUsed: 1 }) },
      action: 'local',
      reason: 'all 1 attempts are used up',
    },
  ])('says why: $reason', ({ facts: given, action, reason }) => {
    expect(decideBoot(given, NOW_MS)).toEqual({ action, reason });
  });
});
