import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../../src/domain/notification.ts';
import { type FakeWorld, runCli } from '../../support/fake-cli.ts';

const DELIVERY: Delivery = {
  id: 17,
  endpoint: 'chat',
  notice: {
    id: 3,
    type: 'install.failed',
    at: '2026-11-22T09:00:00.000Z',
    system: 'web001',
    install: { id: 4, from: 'installing', state: 'failed', stage: 'partitioning', reason: 'no disk' },
  },
  state: 'dead',
  tries: 12,
  nextAt: null,
  problem: 'it answered 500\u001b[31m',
  createdAt: '2026-11-22T09:00:00.000Z',
  updatedAt: '2026-11-22T09:00:00.000Z',
};
const run = (line: string, world: FakeWorld = {}) => runCli(['notification', ...line.split(' ')], world);

describe('notifications', () => {
  it('are listed, with what a receiver has said shown as text', async () => {
    const server = { 'GET /api/v1/notifications?state=dead': { status: 200, body: { items: [DELIVERY] } } };
    const result = await run('list --dead', { server });
    expect(result).toMatchObject({ code: 0 });
    expect(result.stdout).toMatch(/^17\tchat\tinstall\.failed\tweb001\tdead\t12\t-\tit answered 500/);
    expect(result.stdout).not.toContain('\u001b');
  });

  it.each([
    ['retry 17', 'retry', { id: 17 }],
    ['retry --endpoint chat', 'retry', { endpoint: 'chat' }],
    ['discard --all', 'discard', { all: true }],
  ])('%s names what is meant', async (line, verb, body) => {
    const server = { [`POST /api/v1/notifications/${verb}`]: { status: 200, body: { count: 2 } } };
    const result = await run(line, { server });
    expect(result.requests[0]?.body).toEqual(body);
    expect(result).toMatchObject({ code: 0, stderr: expect.stringMatching(/^2 /) });
  });

  it.each(['retry', 'retry 17 18', 'retry 17 --all', 'discard chat', 'list --dead --waiting'])(
    '%s is refused before anything is sent',
    async (line) => {
      expect(await run(line)).toMatchObject({ code: 2, requests: [] });
    },
  );

  it.each([
    [{ kind: 'accepted' }, 0, 'chat has accepted it\n'],
    [{ kind: 'refused', status: 500, problem: 'it answered 500' }, 1, 'chat: it answered 500\n'],
  ])('can be tested: %j', async (body, code, stderr) => {
    const server = { 'POST /api/v1/notifications/test': { status: 200, body } };
    expect(await run('test chat', { server })).toMatchObject({ code, stderr });
  });
});
