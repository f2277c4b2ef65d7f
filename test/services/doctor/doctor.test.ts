import { rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Check } from '../../../src/domain/check.ts';
import { inject } from '../../support/inject.ts';
import { must } from '../../support/must.ts';
import { addRecords, fileOf, openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';
import { bmcWrite, leaseWrite, systemWrite } from '../../support/store-records.ts';

let world: ServiceWorld;
beforeEach(async () => {
  world = await openServiceWorld();
});
afterEach(() => world.dispose());

const examine = async (): Promise<Check[]> => {
  const { body, status } = await world.call('GET', '/api/v1/doctor');
  expect(status).toBe(200);
  return (body as { items: Check[] }).items;
};
const found = async (): Promise<string[]> =>
  (await examine()).flatMap(({ state, name, what }) => (state === 'ok' ? [] : [`${state} ${name} ${what}`]));

it('looks at the records of now', async () => {
  expect(await found()).toEqual(['warning dhcp no subnet is declared: no machine is given an address']);
  await addRecords(world);
  const missing = (await found()).filter((line) => line.startsWith('problem loaders'));
  expect(missing).toContain('problem loaders snponly.efi is missing, and system web001 needs it');
});

it('finds the kernel of a distro gone', async () => {
  await addRecords(world);
  rmSync(fileOf(world, 'linux'));
  const gone = (await found()).filter((line) => line.startsWith('problem files'));
  expect(gone).toEqual([expect.stringContaining('distro debian-13: kernel: ')]);
});

it('finds that secrets were sealed with another key', async () => {
  await addRecords(world);
  expect((await examine()).find(({ name }) => name === 'key')?.state).toBe('ok');
  const stored = await world.store.read.profiles.find('debian-13');
  const { profile } = stored ?? {};
  if (profile === undefined) throw new Error('no profile');
  const distroId = (await world.store.read.distros.find('debian-13'))?.id ?? 0;
  const write = { input: profile, distroId, settings: profile.settings, sealedSecrets: 'AAAA' };
  await world.store.transaction((tx) => tx.profiles.update(profile.id, write, world.nowMs));
  expect((await examine()).find(({ name }) => name === 'key')).toMatchObject({ state: 'problem' });
});

it('finds that passwords of BMCs were sealed with another key, and names a few', async () => {
  await addRecords(world);
  const { profile } = must(await world.store.read.profiles.find('debian-13'), 'the profile');
  await world.store.transaction(async (tx) => {
    for (const number of [2, 3, 4, 5, 6, 7]) {
      const bmc = bmcWrite(`10.50.0.${number}`, { sealedPassword: 'AAAA' });
      await tx.systems.add(systemWrite(profile.id, number, { bmc }), world.nowMs);
    }
  });
  const what = expect.stringMatching(/^the secrets of the BMC of web002, .* and 1 more were not sealed/);
  expect((await examine()).find(({ name }) => name === 'key')).toMatchObject({ state: 'problem', what });
});

it('finds a clock that went back behind what is written', async () => {
  await addRecords(world);
  world.nowMs -= 86_400_000;
  expect((await found()).filter((line) => line.startsWith('problem clock'))).toHaveLength(1);
});

it('has nothing against leases that were given for longer than they are today', async () => {
  await addRecords(world);
  const untilMs = world.nowMs + 30 * 86_400_000;
  expect(await world.store.dhcp.commitLease(leaseWrite(9, '10.99.0.150', { expiresAtMs: untilMs }))).toBe(
    'bound',
  );
  expect((await found()).filter((line) => line.startsWith('problem clock'))).toEqual([]);
});

it('asks for a token', async () => {
  expect((await inject(world.tcp, { method: 'GET', url: '/api/v1/doctor' })).status).toBe(401);
});
