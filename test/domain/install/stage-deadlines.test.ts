import { describe, expect, it } from 'vitest';
import { deadlinesOf, deadlinesSection } from '../../../src/config/deadlines.ts';
import type { Stage } from '../../../src/domain/boot/boot-event.ts';
import { INSTALL_STATES, type Install, LIVE_STATES } from '../../../src/domain/install/install.ts';
import {
  AWAITED,
  type AwaitedStage,
  deadlineOf,
  expectNext,
  NETBOOT_STAGES,
  overdueHint,
  overdueReason,
} from '../../../src/domain/install/stage-deadlines.ts';
import { waysFor } from '../../../src/domain/power/power-up.ts';
import { beginPowerUp } from '../../../src/domain/power/power-up-move.ts';

const SECONDS = deadlinesOf(deadlinesSection.parse(undefined));
const POWER_UP = beginPowerUp(waysFor('ipmi', 'uefi'), { isOn: false, timeoutSeconds: 300 }, 0);

interface Row {
  readonly state: Install['state'];
  readonly stage?: string;
  readonly netboot?: Stage;
  readonly powered?: true;
  /** The stage that is missed, or a word of why nothing is. */
  readonly expected: AwaitedStage | RegExp;
}

const ROWS: readonly Row[] = [
  { state: 'queued', expected: /its turn/ },
  { state: 'armed', expected: /somebody else/ },
  { state: 'armed', powered: true, expected: /its BMC/ },
  { state: 'armed', netboot: 'dhcp-discover', expected: 'dhcp-request' },
  { state: 'armed', netboot: 'dhcp-discover', powered: true, expected: 'dhcp-request' },
  { state: 'armed', netboot: 'dhcp-request', expected: 'loader' },
  { state: 'armed', netboot: 'tftp', expected: 'boot-script' },
  { state: 'armed', netboot: 'loader', expected: 'boot-script' },
  { state: 'booting', stage: 'boot-script', netboot: 'dhcp-discover', expected: 'kernel' },
  { state: 'loading', stage: 'kernel', expected: 'initrd' },
  { state: 'loading', stage: 'initrd', expected: 'answer-file' },
  { state: 'installing', stage: 'answer-file', expected: 'installing' },
  { state: 'installing', stage: 'installing', expected: 'partitioning' },
  { state: 'installing', stage: 'partitioning', expected: 'installed' },
  { state: 'installing', stage: 'a-word-of-tomorrow', expected: 'installed' },
  { state: 'installed', stage: 'installed', expected: 'first-boot' },
  { state: 'configuring', stage: 'first-boot', expected: /hand-off/ },
  ...INSTALL_STATES.filter((state) => !LIVE_STATES.includes(state)).map((state) => ({
    state,
    expected: /over/,
  })),
];

const installOf = ({ state, stage, powered }: Row) => ({
  state,
  stage: stage ?? null,
  powerUp: powered ? POWER_UP : null,
});

describe('what is waited for', () => {
  it.each(ROWS)('$state $stage $netboot: $expected', (row) => {
    const expected = expectNext(installOf(row), row.netboot ?? null);
    if (row.expected instanceof RegExp)
      expect(expected).toEqual({ stage: null, without: expect.stringMatching(row.expected) });
    else expect(expected).toMatchObject({ stage: row.expected });
  });

  it('has a row for every state and every stage of the way, and misses each stage somewhere', () => {
    expect(new Set(ROWS.map(({ state }) => state))).toEqual(new Set(INSTALL_STATES));
    for (const netboot of NETBOOT_STAGES)
      expect(ROWS.some((row) => row.state === 'armed' && row.netboot === netboot)).toBe(true);
    expect(new Set(ROWS.map(({ expected }) => expected).filter((one) => typeof one === 'string'))).toEqual(
      new Set(Object.keys(AWAITED)),
    );
  });
});

describe('deadlineOf', () => {
  const NOW_MS = 1_000_000_000;
  const at = (ms: number) => new Date(ms).toISOString();
  const install = (row: Row, wroteMs = NOW_MS) => ({
    ...installOf(row),
    stateAt: at(NOW_MS),
    updatedAt: at(wroteMs),
  });
  const due = (row: Row, heardAtMs: number | null, earliestMs = 0, wroteMs = NOW_MS) =>
    deadlineOf(install(row, wroteMs), { heardAtMs, netboot: row.netboot ?? null }, SECONDS, earliestMs);
  const LOADING: Row = { state: 'loading', stage: 'initrd', expected: 'answer-file' };
  const INSTALLED: Row = { state: 'installed', stage: 'installed', expected: 'first-boot' };

  it('counts from what was written last, or heard later', () => {
    const answerMs = SECONDS['answer-file'] * 1000;
    expect(due(LOADING, null)).toEqual({ stage: 'answer-file', after: 'initrd', atMs: NOW_MS + answerMs });
    expect(due(LOADING, NOW_MS - 1)?.atMs).toBe(NOW_MS + answerMs);
    expect(due(LOADING, NOW_MS + 5000)?.atMs).toBe(NOW_MS + 5000 + answerMs);
    expect(due(LOADING, null, 0, NOW_MS + 7000)?.atMs).toBe(NOW_MS + 7000 + answerMs);
  });

  it('is pushed by nothing once the installer is done', () => {
    expect(due(INSTALLED, NOW_MS + 5000, 0, NOW_MS + 7000)?.atMs).toBe(NOW_MS + SECONDS['first-boot'] * 1000);
  });

  it('is never before the grace after a start is over', () => {
    const earliestMs = NOW_MS + 86_400_000;
    expect(due(LOADING, null, earliestMs)?.atMs).toBe(earliestMs);
    expect(due(INSTALLED, null, earliestMs)?.atMs).toBe(earliestMs);
  });

  it('there is none where nothing is waited for', () => {
    expect(due({ state: 'queued', expected: /./ }, NOW_MS)).toBeUndefined();
    expect(due({ state: 'configuring', expected: /./ }, NOW_MS)).toBeUndefined();
  });
});

describe('the words', () => {
  it('name the stage, its time, what it came after, the likely cause, and what to do', () => {
    expect(overdueReason('initrd', 'kernel', 900)).toBe(
      'initrd did not come within 15 min after kernel: the kernel was asked for and the initrd was not; likely the kernel is still under way over a slow line, or its transfer was broken off',
    );
    expect(overdueReason('kernel', 'boot-script', 45)).toContain('within 45 s after');
    expect(overdueHint('initrd', 'web001')).toContain('provision system timeline web001');
    for (const stage of Object.keys(AWAITED) as AwaitedStage[])
      expect(overdueHint(stage, 'web001')).not.toContain('NAME');
  });
});
