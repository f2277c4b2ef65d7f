import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decideBoot } from '../../../src/boot/decide.ts';
import { type InstallState, OPEN_STATES, SCRIPTS_PER_ATTEMPT } from '../../../src/domain/install/install.ts';
import {
  advance,
  type InstallLife,
  isOpen,
  type Observation,
} from '../../../src/domain/install/install-state.ts';

// Whatever machines, people and clocks do, in whatever order: how often a disk can be wiped is finite, and all of it ends.

const NOW_MS = 1_000_000;
const HOUR_MS = 3_600_000;
const FILES = ['script-served', 'kernel-served', 'initrd-served', 'answer-served'] as const;

/** What a machine and its server see; a hand-off is only tried again by people. */
const SEEN: readonly Observation[] = [
  ...FILES.map((kind) => ({ kind })),
  { kind: 'promoted' },
  { kind: 'progress', stage: 'partitioning' },
  { kind: 'installed' },
  { kind: 'first-boot', hostKeys: [] },
  { kind: 'failed', stage: 'installing', reason: 'x' },
  { kind: 'netbooted' },
  { kind: 'overdue', stage: 'kernel', reason: 'x', hint: 'x' },
  { kind: 'overdue', stage: 'first-boot', reason: 'x', hint: 'x' },
  { kind: 'handed-off' },
  { kind: 'handoff-failed', reason: 'x', hint: 'x' },
  { kind: 'expired' },
  { kind: 'cancelled', by: 'ada' },
];
/** Ends come rarely, or no sequence would get anywhere. */
const USUAL = SEEN.filter(({ kind }) => !/failed|overdue|cancelled/.test(kind));
const step = fc.record({
  seen: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...USUAL) },
    { weight: 1, arbitrary: fc.constantFrom(...SEEN) },
  ),
  afterMs: fc.oneof(
    { weight: 9, arbitrary: fc.constant(1000) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 30 * HOUR_MS }) },
  ),
});

interface Told {
  install: InstallLife;
  /** Answer files that were handed out for the first time in an attempt. */
  wipes: number;
  states: InstallState[];
}

function see(told: Told, seen: Observation, nowMs: number): boolean {
  const result = advance(told.install, seen, nowMs);
  if (result.refused !== undefined) return false;
  const before = told.install;
  const { expiresAt, position: _, reason: __, hint: ___, hostKeys: ____, ...change } = result.change ?? {};
  const after = { ...before, ...change, ...(expiresAt && { expiresAtMs: Date.parse(expiresAt) }) };
  const isNew = after.state !== before.state;
  told.install = isNew ? { ...after, stateAtMs: nowMs } : after;
  if (isNew) told.states.push(after.state);
  if (after.attemptsUsed > before.attemptsUsed) told.wipes += 1;
  return true;
}

const begin = (attempts: number, handoff: string, isQueued: boolean): Told => ({
  install: {
    id: 1,
    state: isQueued ? 'queued' : 'armed',
    attempts,
    attemptsUsed: 0,
    scriptsServed: 0,
    stage: null,
    failure: null,
    handoff,
    armedAtMs: NOW_MS,
    stateAtMs: NOW_MS,
    expiresAtMs: NOW_MS + 4 * HOUR_MS,
  },
  wipes: 0,
  states: [],
});
const start = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom('none', 'site'), fc.boolean())
  .map((settings) => [settings, () => begin(...settings)] as const);

it('wipes a disk at most as often as there are attempts, serves nothing unless it is open, and ends', () => {
  const reached = new Set<InstallState>();
  fc.assert(
    fc.property(start, fc.array(step, { maxLength: 80 }), ([[attempts], open], steps) => {
      const told = open();
      let nowMs = NOW_MS;
      for (const { seen, afterMs } of steps) {
        nowMs += afterMs;
        const before = told.install;
        const decision = decideBoot({ known: true, install: before }, nowMs).action;
        expect(decision === 'install').toBe(
          isOpen(before, nowMs) &&
            before.attemptsUsed < attempts &&
            before.scriptsServed < attempts * SCRIPTS_PER_ATTEMPT,
        );
        const taken = see(told, seen, nowMs);
        if (taken && FILES.includes(seen.kind as never)) expect(isOpen(before, nowMs)).toBe(true);
        if (seen.kind === 'script-served') expect(taken).toBe(decision === 'install');
        reached.add(told.install.state);
        // What is in service, or was cancelled, stays so, whatever comes in late.
        if (before.state === 'ready' || before.state === 'cancelled')
          expect(told.install.state).toBe(before.state);
      }
      expect(told.wipes).toBeLessThanOrEqual(attempts);
      expect(told.wipes).toBe(told.install.attemptsUsed);
      expect(told.install.scriptsServed).toBeLessThanOrEqual(attempts * SCRIPTS_PER_ATTEMPT);
      // Each script is one way from booting to loading and installing; all else happens once, or ends it.
      expect(told.states.length).toBeLessThanOrEqual(3 * attempts * SCRIPTS_PER_ATTEMPT + 10);
      endBy(told, nowMs);
    }),
    { seed: 38, numRuns: 2000 },
  );
  // The sequences come everywhere, or they would prove little.
  for (const state of ['queued', ...OPEN_STATES, 'installed', 'configuring', 'ready', 'failed'] as const)
    expect(reached).toContain(state);
});

/** What waits in each state that is not over: a turn, the expiry, the deadline of the first boot, the hand-off's own time. */
function endBy(told: Told, fromMs: number): void {
  let nowMs = fromMs;
  for (let round = 0; round < 4; round++) {
    nowMs += 5 * HOUR_MS;
    const { state } = told.install;
    if (state === 'queued') see(told, { kind: 'promoted' }, nowMs);
    else if (state === 'installed')
      see(told, { kind: 'overdue', stage: 'first-boot', reason: 'x', hint: 'x' }, nowMs);
    else if (state === 'configuring') see(told, { kind: 'handoff-failed', reason: 'x', hint: 'x' }, nowMs);
    else see(told, { kind: 'expired' }, nowMs);
  }
  expect(['ready', 'failed', 'expired', 'cancelled']).toContain(told.install.state);
}

it('cannot be kept alive by reports that are late, however often they come', () => {
  const told = begin(1, 'none', false);
  see(told, { kind: 'answer-served' }, NOW_MS);
  for (let round = 1; round < 50; round++) {
    see(told, { kind: 'overdue', stage: 'first-boot', reason: 'x', hint: 'x' }, NOW_MS + round * HOUR_MS);
    see(told, { kind: 'installed' }, NOW_MS + round * HOUR_MS + 1);
  }
  expect(told.states).toEqual(['installing', 'failed']);
  see(told, { kind: 'first-boot', hostKeys: [] }, NOW_MS + 49 * HOUR_MS);
  expect(told.install.state).toBe('failed');
});
