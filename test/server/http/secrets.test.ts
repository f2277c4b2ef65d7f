import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseMac } from '../../../src/domain/network/mac.ts';
import { ip } from '../../support/dhcp-packets.ts';
import { reportsOf } from '../../support/heard-logs.ts';
import { inject } from '../../support/inject.ts';
import { must } from '../../support/must.ts';
import { addRecords, openServiceWorld, SECRET_HASH, type ServiceWorld } from '../../support/service-world.ts';
import { leaseWrite, macOf } from '../../support/store-records.ts';

let world: ServiceWorld;
beforeEach(async () => {
  world = await openServiceWorld();
});
afterEach(() => world.dispose());

const CALLER = { address: ip('10.99.0.11'), server: { address: ip('10.99.0.5'), httpPort: 80 } };

/** Every byte that the service has written below its data folder, the key file apart. */
function everythingOnDisk(): Buffer {
  const files = readdirSync(world.dataDir).filter((name) => name.startsWith('provision.'));
  expect(files).toContain('provision.db');
  return Buffer.concat(files.map((name) => readFileSync(join(world.dataDir, name))));
}

it('writes and says no secret: not in answers, not in the database, the trail, the events or the log', async () => {
  const said: string[] = [];
  const call: ServiceWorld['call'] = async (...request) => {
    const answer = await world.call(...request);
    said.push(JSON.stringify(answer));
    return answer;
  };
  // The ways of a password hash: profile and system, new and edited, refused and accepted.
  await addRecords(world);
  const settings = { rootPasswordHash: SECRET_HASH };
  await call('PATCH', '/api/v1/profiles/debian-13', {
    settings,
    kernelArgs: ['console=ttyS0', 'p={{ urls.answer }}'],
  });
  await call('PATCH', '/api/v1/systems/web001', { settings });
  await call('PATCH', '/api/v1/systems/web001', { settings, hostname: 'WRONG' });
  await call('POST', '/api/v1/systems', {
    name: 'web001',
    profile: 'debian-13',
    settings,
    interfaces: [{ mac: macOf(1) }],
  });
  await call('PATCH', '/api/v1/systems/web001', { settings: { rootPasswordHash: [SECRET_HASH] } });
  await call('PATCH', '/api/v1/systems/web001', { settings: { rootPasswordHash: `x${SECRET_HASH}` } });
  for (const path of ['profiles', 'systems', 'profiles/debian-13', 'systems/web001'])
    await call('GET', `/api/v1/${path}`);

  // The ways of tokens: setup, login, and a whole install with a machine that quotes what it was given.
  const setupToken = must(await world.access.openSetup(), 'a setup token');
  await inject(world.tcp, {
    method: 'POST',
    url: '/api/v1/setup',
    payload: { token: setupToken, name: 'ada' },
  });
  const apiToken = must(world.tokens.at(-1), 'the API token');
  for (const url of ['/api/v1/systems', '/nothing', `/api/v1/status?token=${apiToken}`])
    await inject(world.tcp, { method: 'GET', url, headers: { authorization: `Bearer ${apiToken}` } });
  expect(await call('POST', '/api/v1/systems/web001/install', {})).toMatchObject({ status: 201 });
  const installToken = must(world.tokens.at(-1), 'the install token');
  await world.store.dhcp.commitLease({ ...leaseWrite(1, '10.99.0.11'), reserved: true });
  const script = await world.boot.script(must(parseMac(macOf(1)), 'MAC'), CALLER);
  expect(script).toContain(installToken);
  const answer = await world.boot.file(installToken, 'answer', CALLER);
  expect(answer).toMatchObject({ kind: 'text', text: expect.stringContaining(SECRET_HASH) });
  if ('delivered' in answer) answer.delivered({ bytes: 10, total: 10, ms: 1 });
  await reportsOf(world).report(
    installToken,
    'installing',
    { detail: `got http://10.99.0.5/i/${installToken}/answer`, lastLines: [] },
    CALLER,
  );
  await reportsOf(world).report(
    installToken,
    'failed',
    { detail: `could not post to /i/${installToken}/event/failed`, lastLines: [`wget /i/${installToken}`] },
    CALLER,
  );
  await reportsOf(world).report(installToken, 'first-boot', { detail: installToken, lastLines: [] }, CALLER);
  for (const path of ['timeline', 'cancel'])
    await call(path === 'cancel' ? 'POST' : 'GET', `/api/v1/systems/web001/${path}`);
  await call('GET', '/api/v1/systems/web001');
  await world.services.events.flush();

  const places = {
    disk: everythingOnDisk(),
    log: Buffer.from(world.logged.join('')),
    answers: Buffer.from(said.join('')),
  };
  expect(places.log.length).toBeGreaterThan(1000);
  expect(places.disk.includes('boot-script')).toBe(true);
  const secrets = { SECRET_HASH, setupToken, apiToken, installToken };
  for (const [secret, value] of Object.entries(secrets)) {
    for (const [place, bytes] of Object.entries(places)) {
      for (const spelled of [
        value,
        Buffer.from(value).toString('base64').slice(0, -4),
        Buffer.from(value).toString('hex'),
      ])
        expect(`${secret} in ${place}: ${bytes.includes(spelled)}`).toBe(`${secret} in ${place}: false`);
    }
  }
});
