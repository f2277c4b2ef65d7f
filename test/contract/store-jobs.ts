import { expect, it } from 'vitest';
import { JOB_STATES, OPEN_JOB_STATES } from '../../src/domain/power/job.ts';
import type { JobWrite } from '../../src/store/interfaces/power-store.ts';
import { addCatalogue, NOW_MS, systemWrite } from '../support/store-records.ts';
import type { StoreOfTest } from './store.ts';

const WRITE: Omit<JobWrite, 'systemId'> = {
  batch: 'b1',
  action: 'cycle',
  requestedBy: 'ada',
  startAt: NOW_MS + 2000,
  timeoutSeconds: 300,
  message: 'asked for',
};

/** Jobs: one open one a machine, kept step by step, and never changed once they are over. */
export function jobCases(store: StoreOfTest): void {
  const addSystem = async (number: number, profileId: number): Promise<number> =>
    (await store().transaction((tx) => tx.systems.add(systemWrite(profileId, number), NOW_MS))).id;
  const add = (systemId: number, change: Partial<JobWrite> = {}) =>
    store().transaction((tx) => tx.jobs.add({ ...WRITE, systemId, ...change }, NOW_MS));
  const update = (id: number, change: object, nowMs: number) =>
    store().transaction((tx) => tx.jobs.update(id, change, nowMs));

  it('keeps a job, and its steps with their times', async () => {
    const systemId = await addSystem(1, await addCatalogue(store()));
    const stored = await add(systemId);
    expect(stored).toEqual({
      systemId,
      job: {
        id: stored.job.id,
        batch: 'b1',
        kind: 'power',
        system: 'web001',
        action: 'cycle',
        state: 'waiting',
        step: 'queued',
        attempts: 0,
        requestedBy: 'ada',
        createdAt: '2026-11-22T09:00:00.000Z',
        startAt: '2026-11-22T09:00:02.000Z',
        stepAt: '2026-11-22T09:00:00.000Z',
        timeoutSeconds: 300,
        updatedAt: '2026-11-22T09:00:00.000Z',
        finishedAt: null,
        failure: null,
        message: 'asked for',
        hint: null,
      },
    });
    expect(await store().read.jobs.find(stored.job.id)).toEqual(stored);
    expect(await store().read.jobs.findOpen(systemId)).toEqual(stored);
    const sending = await update(stored.job.id, { state: 'running', step: 'sending-off' }, NOW_MS + 3000);
    expect(sending?.job).toEqual({
      ...stored.job,
      state: 'running',
      step: 'sending-off',
      stepAt: '2026-11-22T09:00:03.000Z',
      updatedAt: '2026-11-22T09:00:03.000Z',
    });
    const failed = await update(stored.job.id, { attempts: 1, message: 'no answer' }, NOW_MS + 4000);
    expect(failed?.job).toMatchObject({
      step: 'sending-off',
      stepAt: '2026-11-22T09:00:03.000Z',
      attempts: 1,
      finishedAt: null,
    });
    const over = await update(stored.job.id, { state: 'failed', failure: 'timeout' }, NOW_MS + 5000);
    expect(over?.job).toMatchObject({
      state: 'failed',
      failure: 'timeout',
      hint: expect.stringContaining('reset the BMC'),
      finishedAt: '2026-11-22T09:00:05.000Z',
    });
  });

  it.each(JOB_STATES)('allows a second job beside one that is %s only if that one is over', async (state) => {
    const profileId = await addCatalogue(store());
    const [one, two] = [await addSystem(1, profileId), await addSystem(2, profileId)];
    const { job } = await add(one);
    await update(job.id, { state }, NOW_MS);
    await add(two);
    if (OPEN_JOB_STATES.includes(state))
      await expect(add(one)).rejects.toMatchObject({ name: 'DomainError' });
    else await expect(add(one)).resolves.toMatchObject({ job: { state: 'waiting' } });
  });

  it.each(['done', 'failed', 'cancelled'] as const)('changes nothing of one that is %s', async (state) => {
    const { job } = await add(await addSystem(1, await addCatalogue(store())));
    await update(job.id, { state }, NOW_MS);
    expect(await update(job.id, { state: 'running', step: 'sending-off' }, NOW_MS + 1)).toBeUndefined();
    expect((await store().read.jobs.find(job.id))?.job).toMatchObject({ state, step: 'queued' });
    expect(await update(999, { state: 'done' }, NOW_MS)).toBeUndefined();
  });

  it('lists the newest first, narrowed', async () => {
    const profileId = await addCatalogue(store());
    const jobs = [];
    for (const number of [1, 2, 3])
      jobs.push((await add(await addSystem(number, profileId), { batch: number === 3 ? 'b2' : 'b1' })).job);
    await update(jobs[0]?.id ?? 0, { state: 'done' }, NOW_MS);
    const names = async (filter: object, limit = 10) =>
      (await store().read.jobs.list(filter, limit)).map(({ job }) => job.system);
    expect(await names({})).toEqual(['web003', 'web002', 'web001']);
    expect(await names({}, 1)).toEqual(['web003']);
    expect(await names({ open: true })).toEqual(['web003', 'web002']);
    expect(await names({ open: false })).toEqual(['web001']);
    expect(await names({ batch: 'b1' })).toEqual(['web002', 'web001']);
    expect(await names({ system: 'web002' })).toEqual(['web002']);
    expect(await names({ ids: [jobs[0]?.id ?? 0] })).toEqual(['web001']);
  });

  it('goes with its system, and when it has been over for long', async () => {
    const systemId = await addSystem(1, await addCatalogue(store()));
    const { job } = await add(systemId);
    await update(job.id, { state: 'done' }, NOW_MS + 10);
    await add(systemId);
    const prune = (beforeMs: number) => store().transaction((tx) => tx.jobs.prune(beforeMs));
    expect(await prune(NOW_MS + 10)).toBe(0);
    expect(await prune(NOW_MS + 11)).toBe(1);
    expect(await store().read.jobs.list({}, 10)).toHaveLength(1);
    await store().transaction((tx) => tx.systems.remove(systemId));
    expect(await store().read.jobs.list({}, 10)).toEqual([]);
  });
}
