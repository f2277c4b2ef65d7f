import { describe, expect, it } from 'vitest';
import type { Job, JobItem } from '../../../src/domain/power/job.ts';
import { type FakeWorld, runCli } from '../../support/fake-cli.ts';
import { usageError } from '../../support/parse-line.ts';

const POWER = 'POST /api/v1/power';

function job(id: number, more: Partial<Job> = {}): Job {
  const at = '2026-11-22T09:00:00.000Z';
  return {
    id,
    batch: 'b1',
    kind: 'power',
    system: `web00${id}`,
    action: 'on',
    state: 'waiting',
    step: 'queued',
    attempts: 0,
    requestedBy: 'ada',
    createdAt: at,
    startAt: at,
    stepAt: at,
    timeoutSeconds: 300,
    updatedAt: at,
    finishedAt: null,
    failure: null,
    message: 'asked for',
    hint: null,
    ...more,
  };
}

function item(of: Job | null, more: Partial<JobItem> = {}): JobItem {
  return { system: of?.system ?? 'nothing', job: of, joined: false, refused: null, ...more };
}

const REFUSED = { code: 'not-found', detail: 'there is no system', hint: 'list them' };
const receipt = (...items: JobItem[]) => ({ status: 202, body: { batch: 'b1', items, skipped: [] } });
const jobs = (...items: Job[]) => ({ status: 200, body: { items } });
const JOBS = 'GET /api/v1/jobs?batch=b1&limit=20000';
const power = (line: string, world: FakeWorld = {}) => runCli(['power', ...line.split(' ')], world);

describe('an order', () => {
  it('waits for its jobs, and is done when they are', async () => {
    const done = [job(1, { state: 'done', message: 'is on' }), job(2, { state: 'done', message: 'is on' })];
    const server = {
      [POWER]: receipt(item(job(1)), item(job(2))),
      [JOBS]: [jobs(job(1), job(2)), jobs(job(1), done[1] as Job), jobs(...done)],
    };
    const result = await power('on web001 web002 --stagger 2s --timeout 10m', { server });
    expect(result.requests[0]?.body).toEqual({
      action: 'on',
      systems: ['web001', 'web002'],
      staggerSeconds: 2,
      timeoutSeconds: 600,
    });
    expect(result).toMatchObject({
      code: 0,
      stdout: 'web001\ton\tdone\tis on\nweb002\ton\tdone\tis on\n',
      slept: [1000, 1000, 1000],
    });
  });

  it.each<[string, JobItem[], Job[], number]>([
    [
      'some failed',
      [item(job(1)), item(job(2))],
      [job(1, { state: 'done' }), job(2, { state: 'failed' })],
      8,
    ],
    ['some refused', [item(job(1)), item(null, { refused: REFUSED })], [job(1, { state: 'done' })], 8],
    ['all failed', [item(job(1))], [job(1, { state: 'failed' })], 1],
    ['cancelled', [item(job(1))], [job(1, { state: 'cancelled' })], 1],
    ['not found', [item(null, { refused: REFUSED })], [], 3],
    ['in the way of another', [item(null, { refused: { ...REFUSED, code: 'wrong-state' } })], [], 4],
    ['for nobody', [], [], 3],
  ])('has a status of its own: %s', async (_what, items, over, code) => {
    const result = await power('on --all', { server: { [POWER]: receipt(...items), [JOBS]: jobs(...over) } });
    expect(result.code).toBe(code);
  });

  it('says once what to do about what failed for the same cause', async () => {
    const failed = { state: 'failed', failure: 'unreachable', hint: 'check the cable' } as const;
    const server = {
      [POWER]: receipt(item(job(1)), item(job(2))),
      [JOBS]: jobs(job(1, failed), job(2, failed)),
    };
    const result = await power('on --all', { server });
    expect(result).toMatchObject({ code: 1, stderr: 'next: check the cable\n' });
  });

  it('does not wait where that is not wanted', async () => {
    const result = await power('on web001 --no-wait', { server: { [POWER]: receipt(item(job(1))) } });
    expect(result).toMatchObject({ code: 0, slept: [], stdout: 'web001\ton\twaiting\tasked for\n' });
  });

  it('waits for a job that somebody else has asked for', async () => {
    const server = {
      [POWER]: receipt(item(job(7, { batch: 'other' }), { joined: true })),
      [JOBS]: jobs(),
      'GET /api/v1/jobs?ids=7&limit=20000': jobs(job(7, { state: 'done' })),
    };
    expect(await power('on web007', { server })).toMatchObject({ code: 0 });
  });

  it('goes on waiting while the server restarts', async () => {
    const server = {
      [POWER]: receipt(item(job(1))),
      [JOBS]: ['unreachable' as const, 'unreachable' as const, jobs(job(1, { state: 'done' }))],
    };
    const result = await power('on web001', { server });
    expect(result).toMatchObject({ code: 0, stderr: 'the server does not answer; trying again\n' });
  });

  it.each([
    ['power on', /no system is named/],
    ['power on web001 --all', /more than one way/],
    ['power off web001 --profile x', /more than one way/],
    ['power on web001 --stagger 2', /not a duration/],
    ['power on Web001', /not a name/],
    ['power raw web001', /unknown command/],
  ])('is refused as %s', (line, says) => {
    expect(usageError(line).message).toMatch(says);
  });
});

describe('an order that many would feel', () => {
  const dry = receipt(item(job(1), { job: null }), item(job(2), { job: null }));
  const real = receipt(item(job(1)), item(job(2)));
  const done = jobs(job(1, { state: 'done' }), job(2, { state: 'done' }));
  const tty = { stdinTty: true, stdoutTty: true };

  it('is counted first on a terminal, and is for those that were counted', async () => {
    const server = { [POWER]: [dry, real], [JOBS]: done };
    const result = await power('off --match web*', { server, ...tty, typed: ['2'] });
    expect(result.questions).toEqual(['2 machines. Type their number to go on: ']);
    expect(result.requests.slice(0, 2).map(({ body }) => body)).toEqual([
      { action: 'off', match: 'web*', dryRun: true },
      { action: 'off', systems: ['web001', 'web002'] },
    ]);
    expect(result.code).toBe(0);
  });

  it.each(['1', 'y', ''])('is not given after "%s"', async (typed) => {
    const result = await power('cycle web001 web002', { server: { [POWER]: dry }, ...tty, typed: [typed] });
    expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining('nothing was done') });
    expect(result.requests).toHaveLength(1);
  });

  it('needs --yes where nobody can be asked, unless they are named', async () => {
    expect(await power('reset --all')).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
    const server = { [POWER]: real, [JOBS]: done };
    for (const line of ['reset --all --yes', 'off web001 web002'])
      expect(await power(line, { server })).toMatchObject({ code: 0, questions: [] });
  });

  it.each(['on --all', 'off web001'])('is not asked about: %s', async (line) => {
    expect(await power(line, { server: { [POWER]: real, [JOBS]: done }, ...tty })).toMatchObject({
      questions: [],
      code: 0,
    });
  });
});

describe('power status', () => {
  const status = (failure: string | null) => ({
    system: 'web001',
    state: failure === null ? 'on' : 'unknown',
    checkedAt: '2026-11-22T09:00:00.000Z',
    failure,
    reason: failure && 'does not answer',
    hint: failure && 'check the cable',
  });
  it.each([
    [[null], 0],
    [[null, 'unreachable'], 8],
    [['unreachable'], 1],
    [['not-found'], 3],
    [[], 3],
  ])('of %j ends with %d', async (failures, code) => {
    const body = { items: failures.map(status), skipped: [] };
    const result = await power('status --all', {
      server: { 'POST /api/v1/power/status': { status: 200, body } },
    });
    expect(result.code).toBe(code);
    if (failures.includes('unreachable')) expect(result.stderr).toBe('next: check the cable\n');
  });
});

describe('what else is asked of BMCs', () => {
  const one = '/api/v1/systems/web001';
  const override = { device: 'pxe', firmware: 'uefi', persistent: false };
  it.each<[string, string, unknown, object, number, string]>([
    ['power identify web001 --seconds 60', `POST ${one}/identify`, { seconds: 60 }, { seconds: 60 }, 0, ''],
    [
      'power bootdev web001',
      `GET ${one}/boot-device`,
      undefined,
      { override },
      0,
      'web001\tpxe\tuefi\tonce\t\n',
    ],
    ['power bootdev web001', `GET ${one}/boot-device`, undefined, { override: null }, 0, ''],
    [
      'power bootdev web001 --device pxe --persistent',
      `PUT ${one}/boot-device`,
      { device: 'pxe', persistent: true },
      { asked: override, confirmed: override, agrees: true, doubt: null },
      0,
      'web001\tpxe\tuefi\tonce\t\n',
    ],
    [
      'power bootdev web001 --device pxe --http-uri http://10.0.0.1/ipxe.efi',
      `PUT ${one}/boot-device`,
      { device: 'pxe', httpBootUri: 'http://10.0.0.1/ipxe.efi' },
      {
        asked: { ...override, httpBootUri: 'http://10.0.0.1/ipxe.efi' },
        confirmed: null,
        agrees: true,
        doubt: null,
      },
      0,
      'web001\tpxe\tuefi\tonce\thttp://10.0.0.1/ipxe.efi\n',
    ],
    [
      'power bootdev web001 --device pxe',
      `PUT ${one}/boot-device`,
      { device: 'pxe' },
      { asked: override, confirmed: { ...override, firmware: 'bios' }, agrees: false, doubt: null },
      1,
      'web001\tpxe\tbios\tonce\t\n',
    ],
    ['bmc info web001', `GET ${one}/bmc`, undefined, { vendor: 'Dell' }, 0, 'vendor\tDell\n'],
    [
      'bmc sensors web001',
      `GET ${one}/bmc/sensors`,
      undefined,
      { items: [{ name: 'T', value: 20, unit: '°C', state: 'ok' }] },
      0,
      'T\t20\t°C\tok\n',
    ],
    [
      'bmc log web001 --limit 5',
      `GET ${one}/bmc/log?limit=5`,
      undefined,
      { items: [{ id: '1', at: null, message: 'hot\u001b[2J' }] },
      0,
      '1\t\thot\\u{1b}[2J\n',
    ],
    [
      'bmc check web001',
      `GET ${one}/bmc/check`,
      undefined,
      { items: [{ name: 'c', state: 'problem', what: 'w', next: 'n' }] },
      1,
      'problem\tc\tw\tn\n',
    ],
    [
      'power jobs --open --system web001',
      'GET /api/v1/jobs?open=true&system=web001',
      undefined,
      { items: [job(1)] },
      0,
      '1\tweb001\ton\twaiting\tada\t2026-11-22T09:00:00.000Z\tasked for\n',
    ],
    [
      'power cancel 1',
      'POST /api/v1/jobs/1/cancel',
      {},
      job(1, { state: 'cancelled' }),
      0,
      '1\tweb001\ton\tcancelled\tada\t2026-11-22T09:00:00.000Z\tasked for\n',
    ],
  ])('%s', async (line, request, sent, body, code, stdout) => {
    const result = await runCli(line.split(' '), { server: { [request]: { status: 200, body } } });
    expect(result).toMatchObject({ code, stdout });
    expect(result.requests[0]?.body).toEqual(sent);
  });

  it('that fails is told with what to do next', async () => {
    const body = {
      title: 'bmc-failed',
      status: 502,
      code: 'bmc-failed',
      failure: 'unreachable',
      detail: 'the BMC of web001 does not answer',
      hint: 'check the cable',
    };
    const result = await runCli(['bmc', 'info', 'web001'], {
      server: { [`GET ${one}/bmc`]: { status: 502, body } },
    });
    expect(result).toMatchObject({
      code: 1,
      stderr: 'error: the BMC of web001 does not answer\nnext: check the cable\n',
    });
  });
});
