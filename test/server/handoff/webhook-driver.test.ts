import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWebhookDriver } from '../../../server/handoff/webhook-driver.ts';
import { type DefinitionOf, handoffDefinition } from '../../../src/domain/handoff/handoff-definition.ts';
import { type ApiServer, startApiServer } from '../../support/api-server.ts';

const SECRET = 'a secret of enough characters';
let folder: string;
let server: ApiServer;
let answer: { status: number; text: string; location?: string };
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'webhook-'));
  writeFileSync(join(folder, 'secret'), `${SECRET}\n`, { mode: 0o600 });
  answer = { status: 204, text: '' };
  server = await startApiServer('tcp', (_request, response) => {
    const { location } = answer;
    response.writeHead(answer.status, location === undefined ? {} : { location });
    response.end(answer.text);
  });
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const driver = createWebhookDriver({
  now: () => 1_700_000_000_999,
  inventory: async () => ({ groups: ['web'], vars: { provision: { name: 'web001' } } }),
});
const definition = (more: object = {}) => {
  const url = server.address.kind === 'url' ? `${server.address.url}/hook` : '';
  const text = { driver: 'webhook', url, secretFile: join(folder, 'secret'), ...more };
  return handoffDefinition.parse(text) as DefinitionOf<'webhook'>;
};
const logged: string[] = [];
const run = (more: object = {}, signal = new AbortController().signal) =>
  driver.run(
    {
      definition: definition(more),
      handoff: { id: 7, definition: 'inform', install: 3 } as never,
      target: { system: 'web001', address: '10.0.0.1', port: 22, hostKeys: ['ssh-ed25519 AAAA'] },
      phase: 'running',
      log: (text) => logged.push(String(text)),
    },
    signal,
  );

describe('the webhook', () => {
  it('is signed with its time', async () => {
    expect(await run()).toMatchObject({ failure: null });
    const [sent] = server.received;
    expect(JSON.parse(sent?.body ?? '')).toEqual({
      event: 'handoff',
      id: 7,
      handoff: 'inform',
      system: 'web001',
      install: 3,
      address: '10.0.0.1',
      hostKeys: ['ssh-ed25519 AAAA'],
      groups: ['web'],
      vars: { provision: { name: 'web001' } },
    });
    const hmac = createHmac('sha256', SECRET).update(`1700000000.${sent?.body}`).digest('hex');
    expect(sent?.headers).toMatchObject({ 'provision-signature': `t=1700000000,v1=${hmac}` });
  });

  it.each([
    [200, null],
    [202, null],
    [302, 'webhook-refused'],
    [401, 'webhook-refused'],
    [429, 'webhook-failed'],
    [503, 'webhook-failed'],
  ])('answered with %i', async (status, failure) => {
    answer = { status, text: 'said\u001b[2J', location: '/elsewhere' };
    expect(await run()).toMatchObject({ failure, message: expect.stringContaining(`HTTP ${status}`) });
    expect(server.received).toHaveLength(1);
  });

  it('that nobody takes is tried again', async () => {
    expect(await run({ url: 'http://127.0.0.1:1/' })).toMatchObject({ failure: 'webhook-failed' });
  });

  it('is given up with the signal', async () => {
    await expect(run({}, AbortSignal.abort(new Error('cancelled')))).rejects.toThrow('cancelled');
  });

  it('needs a secret that is one', async () => {
    writeFileSync(join(folder, 'secret'), 'short');
    expect(await driver.problems(definition())).toEqual([expect.stringContaining('less than 16 characters')]);
  });
});
