import { describe, expect, it } from 'vitest';
import { type FakeWorld, runCli } from '../../support/fake-cli.ts';

const TOKEN = {
  name: 'ci',
  role: 'operator',
  scope: ['web'],
  createdAt: '2026-11-22T08:00:00.000Z',
  createdBy: 'ada',
  expiresAt: '2027-02-20T08:00:00.000Z',
  isExpired: false,
  lastUsedAt: null,
  lastUsedFrom: null,
};
const ROW = {
  id: 7,
  at: '2026-11-22T08:51:03.000Z',
  actor: 'ada',
  kind: 'token',
  from: '192.0.2.1',
  request: 'req-1',
  action: 'update',
  noun: 'system',
  name: 'web001',
  before: { profile: 'debian-12' },
  after: { profile: 'debian-13' },
  detail: {},
};
const page = (...items: object[]) => ({ status: 200, body: { items, next: null, total: items.length } });
const run = (line: string, world: FakeWorld = {}) => runCli(line.split(' '), world);

describe('provision token', () => {
  it('prints a new token once, alone on stdout', async () => {
    const server = { 'POST /api/v1/tokens': { status: 201, body: { ...TOKEN, token: 'pv_secret' } } };
    const done = await run('token add ci --role operator --scope web --expires 90d', { server });
    expect(done).toMatchObject({ code: 0, stdout: 'pv_secret\n' });
    expect(done.requests[0]?.body).toEqual({
      name: 'ci',
      role: 'operator',
      scope: ['web'],
      expiresInMinutes: 90 * 1440,
    });
    expect(done.stderr).toContain('it is not shown again');
    expect(await run('token add ci --role viewer --quiet', { server })).toMatchObject({
      code: 0,
      stdout: 'pv_secret\n',
      stderr: '',
    });
  });

  it.each([
    ['token add ci', '--role is needed'],
    ['token add ci --role root', "'root' is no role"],
    ['token add ci --role viewer --expires soon', "'soon' is no time"],
    ['user edit ada', 'nothing is to be changed'],
    ['user edit ada --enable --disable', 'exclude each other'],
    ['session revoke', 'name one session'],
    ['session revoke 7 --all', 'name one session'],
    ['audit --system web001 --noun user', 'exclude each other'],
    ['audit --since soon', "'soon' is no time"],
  ])('says what is wrong with: %s', async (line, says) => {
    const done = await run(line);
    expect(done.code).toBe(2);
    expect(done.stderr).toContain(says);
  });

  it('lists and revokes', async () => {
    const server = { 'GET /api/v1/tokens': page(TOKEN), 'DELETE /api/v1/tokens/ci': { status: 204 } };
    const list = await run('token list', { server });
    expect(list.stdout).toBe('ci\toperator\tweb\t2027-02-20T08:00:00.000Z\tnever\t\tada\n');
    expect(await run('token revoke ci --yes', { server })).toMatchObject({ code: 0 });
  });
});

describe('provision user', () => {
  const user = { name: 'ada', role: 'admin', scope: null, disabled: false, lastLoginAt: null };
  it('takes the password from a pipe, never from the command line', async () => {
    const server = { 'POST /api/v1/users': { status: 201, body: user } };
    const done = await run('user add ada --role admin', { server, stdin: 'correct horse battery\n' });
    expect(done.requests[0]?.body).toEqual({ name: 'ada', role: 'admin', password: 'correct horse battery' });
    expect(done.stdout).not.toContain('horse');
  });

  it('asks twice at a terminal, and for no password that was typed in two ways', async () => {
    const world = { stdinTty: true, typed: ['correct horse battery', 'correct horse battery!'] };
    const done = await run('user password ada', world);
    expect(done).toMatchObject({ code: 2, requests: [] });
  });
});

describe('provision audit', () => {
  it('shows who did what, from what to what, the newest last', async () => {
    const server = {
      'GET /api/v1/systems/web001/audit?actor=ada': page({ ...ROW, id: 8, action: 'lock' }, ROW),
    };
    const done = await run('audit --system web001 --actor ada', { server });
    expect(done.stdout.split('\n')[0]).toBe(
      '2026-11-22T08:51:03.000Z\tada\t192.0.2.1\tupdate\tsystem web001\tprofile: debian-12 -> debian-13',
    );
  });

  it('shows of interfaces only what has changed', async () => {
    const card = { name: 'eth0', mac: '52:54:00:00:00:01', ip: '10.0.0.1', type: 'ethernet', addresses: [] };
    const bond = { name: 'bond0', type: 'bond', parents: ['eth0', 'eth1'], ip: null };
    const before = { interfaces: [card] };
    const after = { interfaces: [{ ...card, ip: '10.0.0.2' }, bond] };
    const server = { 'GET /api/v1/systems/web001/audit?actor=ada': page({ ...ROW, before, after }) };
    const done = await run('audit --system web001 --actor ada', { server });
    expect(done.stdout.trimEnd().split('\t').at(-1)).toBe(
      'interfaces.eth0.ip: 10.0.0.1 -> 10.0.0.2, interfaces.bond0.type: none -> bond, interfaces.bond0.parents: none -> eth0+eth1',
    );
  });

  it('goes on with what is new', async () => {
    const server = {
      'GET /api/v1/audit?action=update': page(ROW),
      'GET /api/v1/audit?action=update&after=7&limit=500': page({ ...ROW, id: 9, name: 'web002' }),
      'GET /api/v1/audit?action=update&after=9&limit=500': page(),
    };
    const done = await run('audit --action update --follow', { server, sleeps: 2 });
    expect(done.stdout.split('\n').map((line) => line.split('\t')[4])).toEqual([
      'system web001',
      'system web002',
      undefined,
    ]);
  });
});
