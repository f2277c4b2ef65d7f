import { describe, expect, it } from 'vitest';
import { apiEvent, apiInstall, apiSystem } from '../../support/api-records.ts';
import { type FakeAnswer, type FakeWorld, runCli as runAnyCli, streamOf } from '../../support/fake-cli.ts';

const PAGE = (after?: number) =>
  `GET /api/v1/systems/web001/timeline?${after === undefined ? '' : `after=${after}&`}limit=500`;
const items = (...events: object[]): FakeAnswer => ({ status: 200, body: { items: events } });
const system = (
  state?: 'installing' | 'installed' | 'ready' | 'failed',
  reason: string | null = null,
): FakeAnswer => ({
  status: 200,
  body: apiSystem({ install: state === undefined ? null : apiInstall({ state, reason }) }),
});
const SYSTEM = 'GET /api/v1/systems/web001';
/** An older server. */
const NO_DIAGNOSIS = {
  'GET /api/v1/systems/web001/diagnosis': {
    status: 404,
    body: { title: 'no-such-route', status: 404, code: 'no-such-route' },
  },
} as const;
const runCli = (argv: readonly string[], world: FakeWorld) =>
  runAnyCli(argv, { ...world, server: { ...NO_DIAGNOSIS, ...world.server } });

const FIRST = apiEvent(1);
const SECOND = apiEvent(2, { stage: 'answer-file', outcome: 'warning', message: 'asked\u001b[2J twice' });

describe('system timeline', () => {
  const server = { [PAGE()]: items(FIRST, SECOND), [PAGE(2)]: items() };

  it('prints a line an event, oldest first', async () => {
    const terminal = await runCli(['system', 'timeline', 'web001'], { server, stdoutTty: true });
    expect(terminal.stdout).toBe(`2026-11-22 09:00:01Z  dhcp-discover  ok       asked for an address
2026-11-22 09:00:02Z  answer-file    warning  asked\\u{1b}[2J twice
`);
    const pipe = await runCli(['system', 'timeline', 'web001'], { server });
    expect(pipe.stdout).toBe(
      '2026-11-22T09:00:01.000Z\tdhcp-discover\tok\tasked for an address\n' +
        '2026-11-22T09:00:02.000Z\tanswer-file\twarning\tasked\\u{1b}[2J twice\n',
    );
  });

  it('prints the end of a log below the failure that carries it, for people', async () => {
    const failed = { ...FIRST, stage: 'failed', data: { lastLines: 'one\ttwo\nthree\u001b[2J' } };
    const server = { [PAGE()]: items(failed), [PAGE(1)]: items() };
    const terminal = await runCli(['system', 'timeline', 'web001'], { server, stdoutTty: true });
    const indent = ' '.repeat(46);
    expect(terminal.stdout.split('\n').slice(1)).toEqual([
      `${indent}| one\ttwo`,
      `${indent}| three\\u{1b}[2J`,
      '',
    ]);
    const pipe = await runCli(['system', 'timeline', 'web001'], { server });
    expect(pipe.stdout.split('\n')).toHaveLength(2);
  });

  it('reads every page, whatever limit the server has, into one document', async () => {
    const pages = { [PAGE()]: items(FIRST), [PAGE(1)]: items(SECOND), [PAGE(2)]: items() };
    const result = await runCli(['system', 'timeline', 'web001', '--json'], { server: pages });
    expect(JSON.parse(result.stdout)).toEqual({ items: [FIRST, SECOND] });
  });

  it('ends although a server gives the same page for ever', async () => {
    const result = await runCli(['system', 'timeline', 'web001'], {
      server: { [PAGE()]: items(FIRST), [PAGE(1)]: items(FIRST) },
    });
    expect(result.stdout.split('\n')).toHaveLength(2);
  });

  it('says when nothing was seen; --after skips', async () => {
    const none = await runCli(['system', 'timeline', 'web001'], { server: { [PAGE()]: items() } });
    expect(none).toMatchObject({ code: 0, stdout: '', stderr: 'nothing was seen of web001 yet\n' });
    const after = await runCli(['system', 'timeline', 'web001', '--after', '2', '--json'], { server });
    expect(JSON.parse(after.stdout)).toEqual({ items: [] });
  });
});

describe('system timeline --follow', () => {
  it('goes on asking every two seconds for what is new, until it is stopped', async () => {
    const server = {
      [PAGE()]: items(FIRST),
      [PAGE(1)]: [items(), items(), items(SECOND)],
      [PAGE(2)]: items(),
    };
    const result = await runCli(['system', 'timeline', 'web001', '--follow'], { server, sleeps: 3 });
    expect(result.stdout.split('\n').map((line) => line.split('\t')[1])).toEqual([
      'dhcp-discover',
      'answer-file',
      undefined,
    ]);
    expect(result.slept).toEqual([2000, 2000, 2000, 2000]);
    expect(result.stderr).toBe('error: ctrl-C\n');
  });

  it('prints one event a line with --json', async () => {
    const server = { [SYSTEM]: system('ready'), [PAGE()]: items(FIRST, SECOND), [PAGE(2)]: items() };
    const result = await runCli(['system', 'timeline', 'web001', '--until-done', '--json'], { server });
    const lines = result.stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([FIRST, SECOND]);
    expect(result.stdout).not.toContain('\u001b');
  });

  it('outlives a restart of the server, and shows nothing twice', async () => {
    const server = {
      [PAGE()]: items(FIRST),
      [PAGE(1)]: [items(), 'unreachable' as const, 'unreachable' as const, items(SECOND)],
      [PAGE(2)]: items(),
    };
    const result = await runCli(['system', 'timeline', 'web001', '--follow'], { server, sleeps: 4 });
    expect(result.stdout.trimEnd().split('\n')).toHaveLength(2);
    expect(result.stderr).toBe('the server does not answer; trying again\nerror: ctrl-C\n');
  });

  it('gives up on a server that stays away, and at once on one that never answered', async () => {
    const gone = { [PAGE()]: items(FIRST), [PAGE(1)]: [items(), 'unreachable' as const] };
    const result = await runCli(['system', 'timeline', 'web001', '--follow'], { server: gone });
    expect(result.code).toBe(7);
    expect(result.slept).toHaveLength(16);
    const never = await runCli(['system', 'timeline', 'web001', '--follow'], {
      server: { [PAGE()]: 'unreachable' },
    });
    expect(never).toMatchObject({ code: 7, slept: [] });
  });
});

describe('system timeline --until-done', () => {
  const argv = ['system', 'timeline', 'web001', '--until-done'];
  const events = { [PAGE()]: items(FIRST), [PAGE(1)]: [items(), items(SECOND)], [PAGE(2)]: items() };

  it('ends with 0 when the machine is ready, after the last events', async () => {
    const server = { [SYSTEM]: [system('installed'), system('ready')], ...events };
    const result = await runCli(argv, { server });
    expect(result.code).toBe(0);
    expect(result.stdout.trimEnd().split('\n')).toHaveLength(2);
    expect(result.stderr).toBe('the install of web001 is over: ready\n');
    expect(result.slept).toEqual([2000]);
  });

  it('ends with 1 and the reason when it failed', async () => {
    const server = { [SYSTEM]: system('failed', 'no disk'), ...events };
    const result = await runCli(argv, { server });
    expect(result.code).toBe(1);
    expect(result.stderr).toBe('the install of web001 is over: failed: no disk\n');
  });

  it('does not wait for an install that nobody armed', async () => {
    const result = await runCli(argv, { server: { [SYSTEM]: system(), [PAGE()]: items() } });
    expect(result).toMatchObject({ code: 1, slept: [] });
    expect(result.stderr).toContain('arm one with: provision system install web001');
  });
});

describe('system timeline --follow, where the server has streams', () => {
  const message = (event: { id: number }) => `id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`;
  const THIRD = apiEvent(3, { stage: 'state', message: 'configuring -> ready', data: { to: 'ready' } });

  it('reads what was, then what comes; after a restart it goes on where it was', async () => {
    const asked: string[] = [];
    const streams = [
      streamOf(200, 'retry: 2000\nid: 1\n\n', ': nothing new\n\n', message(SECOND)),
      streamOf(200, message(SECOND), message(THIRD)),
    ];
    const server = { [PAGE()]: items(FIRST), [PAGE(1)]: items(), [PAGE(2)]: items(), [PAGE(3)]: items() };
    const result = await runCli(['system', 'timeline', 'web001', '--follow', '--json'], {
      server,
      sleeps: 2,
      openStream: async ({ path }) => {
        asked.push(path);
        return streams.shift() ?? streamOf(200);
      },
    });
    const lines = result.stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([FIRST, SECOND, THIRD]);
    expect(asked.map((path) => path.split('?')[1])).toEqual(['after=1', 'after=2', 'after=3']);
  });

  it('--until-done looks at the record when an event may be the end, and waits no moment longer', async () => {
    const result = await runCli(['system', 'timeline', 'web001', '--until-done'], {
      server: {
        [SYSTEM]: [system('installing'), system('ready')],
        [PAGE()]: items(FIRST),
        [PAGE(1)]: items(),
        [PAGE(3)]: items(),
      },
      openStream: async () => streamOf(200, message(THIRD)),
    });
    expect(result).toMatchObject({ code: 0, slept: [] });
    expect(result.stdout.trimEnd().split('\n')).toHaveLength(2);
  });

  it('--until-done does not wait for an end that came between the look and the events', async () => {
    const result = await runCli(['system', 'timeline', 'web001', '--until-done'], {
      server: {
        [SYSTEM]: [system('installing'), system('ready')],
        [PAGE()]: items(FIRST, THIRD),
        [PAGE(3)]: items(),
      },
      openStream: async () => streamOf(500),
    });
    expect(result).toMatchObject({ code: 0, slept: [] });
  });
});

describe('system timeline ends with what is missing', () => {
  const at = '2026-11-22T09:00:01.000Z';
  const reached = { state: 'reached', reachedAt: at, tookSeconds: null, events: [1] } as const;
  const diagnosis = {
    system: 'web001',
    install: { id: 7, state: 'failed', reason: 'overdue', attempt: 2, attempts: 3 },
    stages: [
      { ...reached, name: 'discover', says: 'the firmware asked' },
      { ...reached, name: 'offer', says: 'it was offered one', tookSeconds: 0.25 },
      { name: 'ack', says: 'it took it', state: 'missing', reachedAt: null, tookSeconds: null, events: [] },
      { name: 'loader', says: 'fetched', state: 'ahead', reachedAt: null, tookSeconds: null, events: [] },
    ],
    missing: {
      name: 'ack',
      says: 'it took it',
      since: at,
      waitedSeconds: 600,
      isLate: true,
      cause: { id: 'relay', says: 'the relay\u001b[2J', hint: 'look at it' },
      evidence: [{ at, says: 'dhcp-offer: 10.99.0.11', events: [2] }],
    },
  };
  const server = {
    [PAGE()]: items(FIRST),
    [PAGE(1)]: items(),
    'GET /api/v1/systems/web001/diagnosis': { status: 200, body: diagnosis },
    [SYSTEM]: system('failed', 'overdue'),
  };

  it('in words', async () => {
    const { stderr } = await runCli(['system', 'timeline', 'web001'], { server });
    expect(stderr).toBe(`
install 7 is failed, attempt 2 of 3; of its way:
  discover     2026-11-22 09:00:01Z           the firmware asked
  offer        2026-11-22 09:00:01Z   +0.3 s  it was offered one
  ack          not reached                    it took it
missing: it took it (10 min and it did not come)
what was seen:
  2026-11-22 09:00:01Z  dhcp-offer: 10.99.0.11
likeliest cause: the relay\\u{1b}[2J
do: look at it
`);
  });

  it('as JSON, and after --until-done', async () => {
    const json = await runCli(['system', 'timeline', 'web001', '--json'], { server });
    expect(JSON.parse(json.stdout)).toEqual({ items: [FIRST], diagnosis });
    const done = await runCli(['system', 'timeline', 'web001', '--until-done'], { server });
    expect(done.code).toBe(1);
    expect(done.stderr).toContain('likeliest cause: the relay');
  });
});
