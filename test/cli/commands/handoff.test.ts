import { describe, expect, it } from 'vitest';
import type { Handoff } from '../../../src/domain/handoff/handoff.ts';
import { type FakeWorld, runCli } from '../../support/fake-cli.ts';
import { parseLine, usageError } from '../../support/parse-line.ts';

function run(more: Partial<Handoff> = {}): Handoff {
  return {
    id: 17,
    batch: 'b1',
    system: 'web001',
    install: null,
    definition: 'site',
    driver: 'ansible',
    check: false,
    state: 'running',
    stateAt: '2026-11-22T08:59:00.000Z',
    tries: 0,
    interruptions: 0,
    requestedBy: 'ada',
    createdAt: '2026-11-22T08:58:00.000Z',
    startAt: '2026-11-22T08:58:00.000Z',
    updatedAt: '2026-11-22T08:59:00.000Z',
    finishedAt: null,
    failure: null,
    message: 'the playbook runs',
    hint: null,
    changed: null,
    ...more,
  };
}

const done = run({ state: 'done', message: '2 tasks changed something', changed: 2 });
const failed = run({ state: 'failed', message: 'task nginx failed', hint: 'see: provision handoff log 17' });
const ok = (body: unknown) => ({ status: 200, body });
const cli = (line: string, server: NonNullable<FakeWorld['server']>, more: FakeWorld = {}) =>
  runCli(line.split(' '), { server, ...more });

describe('handoff list, show and cancel', () => {
  it('ask for what is meant, and show a row a run', async () => {
    const list = await cli('handoff list --open --system web001 --limit 5', {
      'GET /api/v1/handoffs?open=true&system=web001&limit=5': ok({
        items: [run(), run({ install: 7, id: 16 })],
      }),
    });
    expect(list.stdout).toBe(
      '17\tweb001\tsite\trun\trunning\t\t2026-11-22T08:59:00.000Z\tthe playbook runs\n' +
        '16\tweb001\tsite\tinstall 7\trunning\t\t2026-11-22T08:59:00.000Z\tthe playbook runs\n',
    );
    const none = await cli('handoff list', { 'GET /api/v1/handoffs': ok({ items: [] }) });
    expect(none).toMatchObject({ code: 0, stdout: '', stderr: 'there is no such hand-off run\n' });
    const shown = await cli('handoff show 17', { 'GET /api/v1/handoffs/17': ok(failed) });
    expect(shown.stdout).toContain('hint\tsee: provision handoff log 17\n');
    const cancelled = await cli('handoff cancel 17', {
      'POST /api/v1/handoffs/17/cancel': ok(run({ state: 'cancelled', message: 'cancelled by ada' })),
    });
    expect(cancelled.stdout).toContain('\tcancelled\t');
  });

  it.each(['handoff show web001', 'handoff log 1x', 'handoff cancel -- -1'])('want a number: %s', (line) => {
    expect(usageError(line)).toMatchObject({ hint: 'list them with: provision handoff list' });
  });
});

describe('handoff retry', () => {
  const RETRY = 'POST /api/v1/systems/web001/handoff/retry';

  it('waits until it is over, says each state at a terminal, and ends as it did', async () => {
    const server = {
      [RETRY]: ok(run({ state: 'waiting' })),
      'GET /api/v1/handoffs/17': [ok(run()), ok(done)],
    };
    const good = await cli('handoff retry web001', server, { stdoutTty: true });
    expect(good.code).toBe(0);
    expect(good.stderr).toBe('web001: running: the playbook runs\nweb001: done: 2 tasks changed something\n');
    expect(good.slept).toEqual([1000, 1000]);
    const bad = await cli('handoff retry web001', {
      [RETRY]: ok(run()),
      'GET /api/v1/handoffs/17': ok(failed),
    });
    expect(bad).toMatchObject({ code: 1, stderr: 'next: see: provision handoff log 17\n' });
  });

  it('does not wait when it is told so', async () => {
    const { requests, code } = await cli('handoff retry web001 --no-wait', { [RETRY]: ok(run()) });
    expect({ code, lines: requests.map(({ line }) => line) }).toEqual({ code: 0, lines: [RETRY] });
  });
});

describe('handoff run', () => {
  const refused = {
    system: 'db001',
    handoff: null,
    refused: { code: 'wrong-state', detail: 'it is being installed', hint: 'wait for it' },
  };
  const receipt = (items: unknown[]) => ({ batch: 'b1', items, skipped: ['old001'] });
  const asked = { system: 'web001', handoff: run({ check: true }), refused: null };

  it('says what became of each machine, and ends with 8 where only some went well', async () => {
    const result = await cli('handoff run --role web --check', {
      'POST /api/v1/handoffs': ok(receipt([asked, refused])),
      'GET /api/v1/handoffs/17': ok(done),
    });
    expect(result.requests[0]?.body).toEqual({ role: 'web', check: true });
    expect(result.stdout).toBe(
      'web001\t17\tdone\t2\t2 tasks changed something\ndb001\t\trefused\t\tit is being installed\n',
    );
    expect(result.stderr).toBe('not in service, left out: old001\nnext: wait for it\n');
    expect(result.code).toBe(8);
  });

  it('changes many machines only with --yes, and named ones without', async () => {
    expect(usageError('handoff run --role web')).toMatchObject({
      hint: 'look first with --check, then add --yes',
    });
    expect(parseLine('handoff run --role web --yes').invocation.options).toMatchObject({
      request: { check: false },
    });
    expect(parseLine('handoff run web001').invocation.options).toMatchObject({
      request: { systems: ['web001'] },
    });
    expect(usageError('handoff run web001 --all').message).toContain('more than one way');
  });

  it('ends with 3 where no machine is meant', async () => {
    const none = await cli('handoff run --all --check', { 'POST /api/v1/handoffs': ok(receipt([])) });
    expect(none).toMatchObject({ code: 3, stdout: '' });
  });
});

describe('handoff log', () => {
  const piece = (text: string, next: number, over: boolean) => ok({ text, next, over });
  const LOG = 'GET /api/v1/handoffs/17/log?from=';

  it('follows to the end through a silence of the server, makes every line harmless, and ends as the run did', async () => {
    const server = {
      [`${LOG}0`]: piece('TASK [nginx]\n\tok\r\n', 18, false),
      [`${LOG}18`]: ['unreachable', piece('', 18, false), piece('\u001b[31mfatal\n', 30, true)] as const,
      'GET /api/v1/handoffs/17': ok(failed),
    };
    const result = await cli('handoff log 17 --follow', server);
    expect(result.stdout).toBe('TASK [nginx]\n    ok\n\\u{1b}[31mfatal\n');
    expect(result.stderr).toBe(
      'the server does not answer; trying again\nrun 17 is failed: task nginx failed\nnext: see: provision handoff log 17\n',
    );
    expect(result.code).toBe(1);
  });

  it('shows what there is, piece by piece, and a line a document with --json', async () => {
    const server = { [`${LOG}0`]: piece('a\n', 2, false), [`${LOG}2`]: piece('b\n', 4, true) };
    expect((await cli('handoff log 17', server)).stdout).toBe('a\nb\n');
    expect((await cli('handoff log 17 --json', server)).stdout).toBe('{"line":"a"}\n{"line":"b"}\n');
  });

  it('says that the server cannot be reached when it never was', async () => {
    const result = await cli('handoff log 17 --follow', { [`${LOG}0`]: 'unreachable' });
    expect(result).toMatchObject({ code: 7, slept: [] });
  });
});
