import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deadlinesOf, deadlinesSection } from '../../../src/config/deadlines.ts';
import type { NewBootEvent, Stage } from '../../../src/domain/boot/boot-event.ts';
import type { InstallChange } from '../../../src/domain/install/install-state.ts';
import { type InstallDeadlines, installDeadlines } from '../../../src/services/installs/install-deadlines.ts';
import { type EmptyStore, openEmptyStore } from '../../support/empty-store.ts';
import { addCatalogue, installWrite, NOW_MS, systemWrite } from '../../support/store-records.ts';

const LIMITS = deadlinesOf(deadlinesSection.parse(undefined));
const GRACE_SECONDS = 600;

let empty: EmptyStore;
let systemId: number;
let installId: number;
let nowMs: number;
let told: NewBootEvent[];
let deadlines: InstallDeadlines;
let log: string[];
beforeEach(async () => {
  empty = await openEmptyStore();
  nowMs = NOW_MS;
  told = [];
  log = [];
  const profileId = await addCatalogue(empty.store);
  await empty.store.transaction(async (tx) => {
    systemId = (await tx.systems.add(systemWrite(profileId, 1), NOW_MS)).id;
    const write = { ...installWrite(systemId, 'hash'), expiresAt: NOW_MS + 86_400_000 };
    installId = (await tx.installs.add(write)).install.id;
  });
  deadlines = begin();
});
afterEach(() => empty.dispose());

/** A new life of the service. */
function begin(): InstallDeadlines {
  return installDeadlines(
    { store: empty.store, now: () => nowMs },
    {
      record: (event) => told.push(event),
      seconds: () => LIMITS,
      graceSeconds: () => GRACE_SECONDS,
      lastLines: async (id, count) => (id === installId ? log.slice(-count) : []),
    },
  );
}
const change = (one: InstallChange) =>
  empty.store.transaction((tx) => tx.installs.update(installId, one, nowMs));
const install = async () => (await empty.store.read.installs.findById(installId))?.install;
const eventOf = (stage: Stage, netboot?: boolean): NewBootEvent => ({
  ...{ systemId, installId, mac: null, stage, outcome: 'ok', message: 'heard' },
  data: netboot === undefined ? {} : { netboot },
});
/** Time passes, with a look every ten seconds as the service has it. */
async function pass(seconds: number): Promise<void> {
  for (let left = seconds; left > 0; left -= 10) {
    nowMs += Math.min(10, left) * 1000;
    await deadlines.sweep();
  }
}
const LOADING = { state: 'loading', stage: 'initrd' } as const;
const answerSeconds = LIMITS['answer-file'];

describe('an install that sticks', () => {
  it('fails by the stage that is missing, with the likely cause and what to do', async () => {
    await change(LOADING);
    await pass(answerSeconds - 1);
    expect(await install()).toMatchObject({ state: 'loading' });
    await pass(1);
    expect(await install()).toMatchObject({
      state: 'failed',
      failure: 'overdue',
      stage: 'answer-file',
      reason: expect.stringContaining('within 20 min after initrd'),
      hint: expect.stringContaining('provision system show web001'),
    });
    expect(told).toMatchObject([
      { installId, systemId, stage: 'failed', outcome: 'error', data: { missing: 'answer-file' } },
    ]);
    await pass(60);
    expect(told).toHaveLength(1);
  });

  it('carries the end of what its installer has written', async () => {
    await change(LOADING);
    log = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`);
    await pass(answerSeconds);
    expect(told[0]?.data['lastLines']).toBe(log.slice(5).join('\n'));
  });

  it.each<[string, () => void]>([
    ['a file that it fetched', () => deadlines.notice(eventOf('kernel'))],
    ['a report of how far it is', () => deadlines.notice(eventOf('progress'))],
    ['a line of its installer', () => deadlines.heard(installId)],
    ['its firmware', () => deadlines.notice(eventOf('dhcp-discover', true))],
  ])('is pushed by %s', async (_, hear) => {
    await change(LOADING);
    await pass(answerSeconds - 10);
    hear();
    await pass(answerSeconds - 1);
    expect(await install()).toMatchObject({ state: 'loading' });
    await pass(1);
    expect(await install()).toMatchObject({ state: 'failed' });
  });

  it.each([eventOf('dhcp-request', false), eventOf('power'), eventOf('refused'), eventOf('local-boot')])(
    'is not pushed by $stage of somebody else',
    async (event) => {
      await change(LOADING);
      await pass(answerSeconds - 10);
      deadlines.notice(event);
      deadlines.notice({ ...eventOf('kernel'), installId: installId + 1 });
      await pass(10);
      expect(await install()).toMatchObject({ state: 'failed' });
    },
  );

  it('that is armed has a deadline from the moment at which its firmware was heard', async () => {
    await pass(7200);
    expect(await install()).toMatchObject({ state: 'armed' });
    deadlines.notice(eventOf('dhcp-discover', true));
    deadlines.notice(eventOf('dhcp-request', true));
    await pass(LIMITS.loader - 1);
    expect(await install()).toMatchObject({ state: 'armed' });
    await pass(1);
    expect(await install()).toMatchObject({ state: 'failed', stage: 'loader' });
  });

  it('is judged once more inside the transaction', async () => {
    await change(LOADING);
    await pass(answerSeconds - 1);
    nowMs += 1000;
    const sweeping = deadlines.sweep();
    await change({ state: 'installing', stage: 'answer-file', attemptsUsed: 1 });
    await sweeping;
    expect(await install()).toMatchObject({ state: 'installing', failure: null });
    expect(told).toEqual([]);
  });
});

describe('a service that was away', () => {
  it('fails nothing at once, and all that still sticks after the grace', async () => {
    await change(LOADING);
    nowMs += 80_000_000;
    deadlines = begin();
    await deadlines.sweep();
    await pass(GRACE_SECONDS - 1);
    expect(await install()).toMatchObject({ state: 'loading' });
    await pass(1);
    expect(await install()).toMatchObject({ state: 'failed', stage: 'answer-file' });
  });

  it('counts the time in which it was asleep, or its clock was set, as time away', async () => {
    await change(LOADING);
    await deadlines.sweep();
    nowMs += 80_000_000;
    await pass(GRACE_SECONDS);
    expect(await install()).toMatchObject({ state: 'loading' });
    await pass(10);
    expect(await install()).toMatchObject({ state: 'failed' });
  });

  it('remembers how far a machine that is armed had come', async () => {
    await empty.store.addEvents([{ ...eventOf('dhcp-request', true), atMs: nowMs }]);
    deadlines = begin();
    await pass(LIMITS.loader);
    expect(await install()).toMatchObject({ state: 'failed', stage: 'loader' });
  });
});
