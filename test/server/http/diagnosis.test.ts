import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Diagnosis } from '../../../src/domain/install/diagnosis.ts';
import { dhcpTester } from '../../support/dhcp-messages.ts';
import { addRecords, openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';

let world: ServiceWorld;
beforeEach(async () => {
  world = await openServiceWorld();
  await addRecords(world);
});
afterEach(() => world.dispose());

const hex = (text: string) => Buffer.from(text).toString('hex');
const ROM = { 60: hex('PXEClient:Arch:00007:UNDI:003016'), 93: '0007' };
const diagnosis = async () => (await world.call('GET', '/api/v1/systems/web001/diagnosis')).body as Diagnosis;
const arm = () => world.call('POST', '/api/v1/systems/web001/install', {});
const discover = (mac: string) => dhcpTester(world, ['10.99.0.5'])({ type: 'discover', mac, options: ROM });

it('of a system that was never armed has nothing, of one that is not there is refused', async () => {
  expect(await diagnosis()).toEqual({ system: 'web001', install: null, stages: [], missing: null });
  expect((await world.call('GET', '/api/v1/systems/nobody/diagnosis')).status).toBe(404);
});

it('names another MAC that netboots on the same subnet meanwhile, out of its packets', async () => {
  await discover('52:54:00:aa:aa:aa');
  world.nowMs += 1_000;
  await arm();
  expect((await diagnosis()).missing).toMatchObject({ name: 'discover', cause: { id: 'not-switched-on' } });
  world.nowMs += 1_000;
  await discover('52:54:00:bb:bb:bb');
  const { missing } = await diagnosis();
  expect(missing?.cause).toMatchObject({
    id: 'wrong-mac',
    says: expect.stringContaining('52:54:00:bb:bb:bb'),
  });
  expect(missing?.evidence.at(-1)?.says).toBe(
    '52:54:00:bb:bb:bb (x64-uefi (7)) asked once, and no record knows it',
  );
});

it('follows the machine as it comes', async () => {
  await arm();
  await discover('52:54:00:00:00:01');
  const { install, missing, stages } = await diagnosis();
  expect([install?.state, missing?.name]).toEqual(['armed', 'ack']);
  expect(stages.filter(({ state }) => state === 'reached').map(({ name }) => name)).toEqual([
    'discover',
    'offer',
  ]);
});
