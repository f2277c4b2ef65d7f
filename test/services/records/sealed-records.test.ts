import { afterEach, beforeEach, expect, it } from 'vitest';
import { listSealedRecords } from '../../../src/services/records/sealed-records.ts';
import {
  addRecord,
  addRecords,
  bodies,
  openServiceWorld,
  type ServiceWorld,
} from '../../support/service-world.ts';

let world: ServiceWorld;
beforeEach(async () => {
  world = await openServiceWorld();
});
afterEach(() => world.dispose());

it('none in an empty database', async () => {
  expect(await listSealedRecords(world.store)).toEqual([]);
});

it('names profiles and systems with a secret, and installs that are open', async () => {
  await addRecords(world);
  const { profile, system } = bodies(world);
  const answer = { answerFile: 'debian-13.preseed', answerKind: 'preseed' };
  await addRecord(world, 'profiles', { ...profile, ...answer, name: 'open', settings: {} });
  const interfaces = [{ mac: '52:54:00:00:00:09', ip: null }];
  const settings = { rootPasswordHash: profile.settings.rootPasswordHash };
  await addRecord(world, 'systems', { ...system, name: 'web009', interfaces, settings });
  expect(await listSealedRecords(world.store)).toEqual(['profile debian-13', 'system web009']);
  expect((await world.call('POST', '/api/v1/systems/web001/install', {})).status).toBe(201);
  expect(await listSealedRecords(world.store)).toEqual([
    'profile debian-13',
    'system web009',
    'the open install of web001',
  ]);
  await world.call('POST', '/api/v1/systems/web001/cancel', {});
  expect(await listSealedRecords(world.store)).toEqual(['profile debian-13', 'system web009']);
});
