import { describe, expect, it } from 'vitest';
import type { Install } from '../../../src/domain/install/install.ts';
import type { BatchProgress, InstallPlan } from '../../../src/domain/install/install-batch.ts';
import { apiEvent, apiInstall, apiSystem } from '../../support/api-records.ts';
import { runCli } from '../../support/fake-cli.ts';
import { usageError } from '../../support/parse-line.ts';

const REFUSED = {
  code: 'not-ready',
  detail: 'web002 is not ready',
  problems: [
    { path: 'initrd', message: 'is not there' },
    { path: 'bmc', message: 'does not answer' },
  ],
  hint: 'mend it',
};
const POWER = { driver: 'ipmi', switchesOff: true, ways: ['PXE once', 'PXE twice'] };
const PLAN: InstallPlan = {
  selection: 'role web',
  maxConcurrentInstalls: 50,
  jitterSeconds: 30,
  running: 3,
  queued: 0,
  waves: 1,
  wipes: ['web001'],
  items: [
    {
      system: 'web001',
      profile: 'debian-13',
      refused: null,
      wipes: '2026-11-01T09:00:00.000Z',
      place: 1,
      wave: 1,
      power: POWER,
      handoff: 'site',
    },
    {
      system: 'web002',
      profile: 'debian-13',
      refused: REFUSED,
      wipes: null,
      place: null,
      wave: null,
      power: null,
      handoff: null,
    },
  ],
};
const planned = { 'POST /api/v1/installs/plan': { status: 200, body: PLAN } };

const item = (system: string, position: number) => ({
  system,
  outcome: 'queued',
  install: apiInstall({ system, state: 'queued', position }),
  refused: null,
});
const RECEIPT = {
  batch: 'b1',
  items: [item('web001', 1), { system: 'web002', outcome: 'refused', install: null, refused: REFUSED }],
};
const started = { 'POST /api/v1/installs': { status: 202, body: RECEIPT } };

function progress(states: readonly Install['state'][], change: Partial<BatchProgress> = {}): BatchProgress {
  const items = states.map((state, index) =>
    apiInstall({ id: index + 1, system: `web00${index + 1}`, state, stage: null }),
  );
  const counts: Record<string, number> = {};
  for (const state of states) counts[state] = (counts[state] ?? 0) + 1;
  return {
    id: 'b1',
    requestedBy: 'ada',
    requestedAt: '2026-11-22T09:00:00.000Z',
    selection: 'role web',
    stopAfterFailures: null,
    stopped: null,
    refused: [],
    counts,
    isOver: false,
    items,
    ...change,
  };
}
const polls = (...list: BatchProgress[]) => ({
  'GET /api/v1/installs/batches/b1': list.map((body) => ({ status: 200, body })),
});

describe('install plan', () => {
  it('shows what would happen to each machine, and what it comes to', async () => {
    const result = await runCli(['install', 'plan', '--role', 'web', '--cycle'], { server: planned });
    expect(result.requests.map(({ body }) => body)).toEqual([{ role: 'web', cycle: true }]);
    expect(result.stdout).toBe(
      'web001\tdebian-13\t1\t1\tin service since 2026-11-01T09:00:00.000Z\tipmi: off first, then PXE once\tsite\t\n' +
        'web002\tdebian-13\t\t\t\t\t\tinitrd: is not there; bmc: does not answer\n',
    );
    expect(result.stderr).toBe(
      '1 would be installed in 1 wave of at most 50, 1 refused\n' +
        'before them: 3 under way, 0 in the queue\n' +
        '1 in service would be wiped: that takes --yes-wipe-count 1, or --yes-wipe NAME for each\n',
    );
    expect(result.code).toBe(8);
  });

  it('is the whole plan with --json', async () => {
    const result = await runCli(['install', 'plan', 'web001', '--json'], { server: planned });
    expect(JSON.parse(result.stdout)).toEqual(PLAN);
  });
});

describe('install start', () => {
  const start = ['install', 'start', '--role', 'web', '--stop-after', '3'];

  it('shows what became of each machine, and says what is next', async () => {
    const result = await runCli([...start, '--yes-wipe-count', '1'], { server: started });
    expect(result.requests[0]?.body).toEqual({ role: 'web', stopAfterFailures: 3, yesWipeCount: 1 });
    expect(result.stdout).toBe(
      'web001\tqueued\t1\t\nweb002\trefused\t\tinitrd: is not there; bmc: does not answer\n',
    );
    expect(result.stderr).toBe('next: mend it\nwatch them with: provision install show b1 --follow\n');
    expect(result.code).toBe(8);
  });

  it('asks for the number of machines in service, and sends the names that were shown', async () => {
    const world = { server: { ...planned, ...started }, stdinTty: true, stdoutTty: true };
    const result = await runCli(start, { ...world, typed: ['1'] });
    expect(result.questions).toEqual([
      '1 machines in service. Type their number to wipe them, or 0 to leave them out: ',
    ]);
    expect(result.requests[1]?.body).toMatchObject({ yesWipe: ['web001'] });
    const none = await runCli(start, { ...world, typed: ['0'] });
    expect(none.requests[1]?.body).toEqual({ role: 'web', stopAfterFailures: 3 });
    const wrong = await runCli(start, { ...world, typed: ['2'] });
    expect(wrong.requests).toHaveLength(1);
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('nothing was begun') });
  });

  it('fails where every machine is refused', async () => {
    const body = { batch: null, items: RECEIPT.items.slice(1) };
    const server = { 'POST /api/v1/installs': { status: 202, body } };
    expect((await runCli(start, { server })).code).toBe(5);
  });

  it.each([
    ['install start', 'no system is named'],
    ['install start web001 --role web', 'systems are chosen in more than one way'],
    ['install start web001 --yes-wipe web001 --yes-wipe-count 1', '--yes-wipe and --yes-wipe-count'],
    ['install move web001', 'give one of --first'],
    ['install move web001 --first --last', 'give one of --first'],
    ['install cancel', 'name one system, or a batch'],
    ['install cancel web001 --batch b1', 'name one system, or a batch'],
    ['install show 17 --follow', '--follow is for batches'],
  ])('refuses: %s', (line, message) => {
    expect(usageError(line).message).toContain(message);
  });
});

describe('--follow', () => {
  const follow = ['install', 'show', 'b1', '--follow'];
  const done = { isOver: true };

  it('tells each change once, and ends with the batch', async () => {
    const server = polls(
      progress(['armed', 'queued']),
      progress(['armed', 'queued']),
      progress(['ready', 'failed'], done),
    );
    const result = await runCli(follow, { server });
    expect(result.stdout).toBe('web001\tarmed\nweb002\tqueued\nweb001\tready\nweb002\tfailed\n');
    expect(result.stderr).toBe('over: 1 ready, 1 failed\n');
    expect(result).toMatchObject({ code: 8, slept: [2000, 2000] });
  });

  it('draws one view anew on a terminal', async () => {
    const server = polls(progress(['installing', 'queued']), progress(['ready', 'ready'], done));
    const result = await runCli(follow, { server, stdoutTty: true });
    expect(result.stdout).toBe('1 queued, 1 installing\nweb001  installing\n\u001b[2A\u001b[0J2 ready\n');
    expect(result.code).toBe(0);
  });

  it('says why a batch was stopped, and fails where nothing is ready', async () => {
    const stopped = {
      at: '2026-11-22T09:10:00.000Z',
      reason: 'batch b1 stopped: 1 install of it failed (web001)',
    };
    const server = polls(progress(['failed', 'cancelled'], { ...done, stopped }));
    const result = await runCli(follow, { server });
    expect(result.stderr).toContain('batch b1 stopped: 1 install of it failed (web001)\n');
    expect(result.code).toBe(1);
  });

  it('waits while the server is started anew', async () => {
    const path = 'GET /api/v1/installs/batches/b1';
    const over = { status: 200, body: progress(['ready'], done) };
    const result = await runCli(follow, { server: { [path]: ['unreachable', 'unreachable', over] } });
    expect(result).toMatchObject({ code: 0, slept: [2000, 2000] });
    expect((await runCli(follow, { server: { [path]: 'unreachable' } })).code).toBe(7);
  });
});

describe('the queue', () => {
  it('is shown with places and reasons', async () => {
    const install = apiInstall({ state: 'queued', position: 1 });
    const view = {
      maxConcurrentInstalls: 2,
      jitterSeconds: 30,
      running: 2,
      items: [{ install, beginsAt: null, reason: '2 of at most 2 installs are under way' }],
    };
    const result = await runCli(['install', 'queue'], {
      server: { 'GET /api/v1/installs/queue': { status: 200, body: view } },
    });
    expect(result.stdout).toBe('1\tweb001\t\t\t2 of at most 2 installs are under way\n');
  });

  it('is reordered', async () => {
    const body = apiInstall({ state: 'queued', position: 3 });
    const server = { 'POST /api/v1/installs/queue/move': { status: 200, body } };
    const result = await runCli(['install', 'move', 'web001', '--to', '3'], { server });
    expect(result.requests[0]?.body).toEqual({ system: 'web001', to: 3 });
    expect(result.stdout).toBe('web001\tqueued\t3\n');
  });

  it('is left by one machine, or by a batch', async () => {
    const server = {
      'POST /api/v1/systems/web001/cancel': { status: 200, body: apiInstall({ state: 'cancelled' }) },
      'POST /api/v1/installs/batches/b1/cancel': { status: 200, body: progress(['cancelled', 'armed']) },
    };
    expect((await runCli(['install', 'cancel', 'web001'], { server })).stdout).toContain('cancelled');
    const batch = await runCli(['install', 'cancel', '--batch', 'b1', '--queued'], { server });
    expect(batch.requests[0]?.body).toEqual({ queuedOnly: true });
    expect(batch.stderr).toBe('batch b1: 1 armed, 1 cancelled\n');
  });
});

describe('system install', () => {
  it('says its place where its turn has not come', async () => {
    const body = apiInstall({ state: 'queued', position: 12 });
    const server = { 'POST /api/v1/systems/web001/install': { status: 201, body } };
    const result = await runCli(['system', 'install', 'web001'], { server });
    expect(result.stderr).toBe(
      'place 12 in the queue: it begins when its turn comes (provision install queue)\n',
    );
    expect(result.code).toBe(0);
  });
});

describe('install list and show', () => {
  it('ask for what was named', async () => {
    const server = {
      'GET /api/v1/installs?live=true&batch=b1': { status: 200, body: { items: [apiInstall()] } },
      'GET /api/v1/installs/batches': { status: 200, body: { items: [] } },
      'GET /api/v1/installs/17': { status: 200, body: apiInstall({ id: 17 }) },
      ...polls(progress(['armed'], { refused: [{ system: 'web009', refused: REFUSED }] })),
    };
    const list = await runCli(['install', 'list', '--live', '--batch', 'b1'], { server });
    expect(list.stdout).toContain('7\tweb001\tarmed');
    const none = await runCli(['install', 'list', '--batches'], { server });
    expect(none.stderr).toBe('no machines were installed together yet\n');
    expect((await runCli(['install', 'show', '17'], { server })).stdout).toContain('id\t17\n');
    const shown = await runCli(['install', 'show', 'b1'], { server });
    expect(shown.stderr).toBe(
      'role web, asked for by ada: 1 armed, 1 refused\nrefused: web009: web002 is not ready\n',
    );
  });
});

describe('system install --follow', () => {
  const PAGE = 'GET /api/v1/systems/web001/timeline?';
  it('shows what is seen of this install, until it is over, and ends as it did', async () => {
    const before = apiEvent(1, { installId: 6, message: 'of the install before' });
    const events = [before, apiEvent(2, { message: 'asked for an address' })];
    const server = {
      'GET /api/v1/systems/web001': {
        status: 200,
        body: apiSystem({ install: apiInstall({ state: 'ready' }) }),
      },
      'POST /api/v1/systems/web001/install': { status: 201, body: apiInstall() },
      [`${PAGE}limit=500`]: { status: 200, body: { items: events } },
      [`${PAGE}after=2&limit=500`]: { status: 200, body: { items: [] } },
    };
    for (const flag of ['--follow', '--wait']) {
      const result = await runCli(['system', 'install', 'web001', flag], { server });
      expect(result.code).toBe(0);
      expect(result.stdout).toContain('asked for an address');
      expect(result.stdout).not.toContain('of the install before');
      expect(result.stderr).toContain('the install of web001 is over: ready\n');
    }
  });
});
