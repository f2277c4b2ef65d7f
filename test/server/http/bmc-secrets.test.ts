import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { failure } from '../../support/fake-bmcs.ts';
import { BMC_PASSWORD, bmcBody, bmcOf, openPowerWorld, order } from '../../support/power-world.ts';
import type { ServiceWorld } from '../../support/service-world.ts';

const KG = '0x0badc0ffee0badc0ffee';

let world: ServiceWorld;
beforeEach(async () => {
  world = await openPowerWorld(2);
});
afterEach(() => world.dispose());

/** Every byte below the data folder but the key file: database, log of the database, everything. */
function everythingOnDisk(): Buffer {
  const files = readdirSync(world.dataDir, { recursive: true, withFileTypes: true });
  const names = files.filter((file) => file.isFile() && file.name !== 'secret.key');
  expect(names.map(({ name }) => name)).toEqual(expect.arrayContaining(['provision.db', 'provision.db-wal']));
  return Buffer.concat(names.map((file) => readFileSync(join(file.parentPath, file.name))));
}

it('writes and says no secret of a BMC: not in answers, not on the disk, not in the log', async () => {
  const said: string[] = [];
  const call: ServiceWorld['call'] = async (...request) => {
    const answer = await world.call(...request);
    said.push(JSON.stringify(answer));
    return answer;
  };
  const one = '/api/v1/systems/web001';
  // Records: new, edited, refused in every way that quotes what was given.
  await call('PATCH', one, { bmc: { kg: KG } });
  await call('PATCH', one, { bmc: bmcBody(1, { kg: KG }) });
  await call('PATCH', one, { bmc: { password: [BMC_PASSWORD] } });
  await call('PATCH', one, { bmc: { password: `${BMC_PASSWORD}\n` } });
  await call('PATCH', one, { bmc: { password: BMC_PASSWORD.repeat(2) } });
  await call('PATCH', one, { bmc: { kg: `${KG}f`, port: 0 } });
  await call('PATCH', one, { bmc: { password: BMC_PASSWORD, firmware: null } });
  await call('PATCH', one, { bmc: { password: BMC_PASSWORD, address: '10.99.0.11' } });
  await call('POST', '/api/v1/systems', { name: 'x', bmc: bmcBody(2, { wrong: 1 }) });
  for (const path of [one, '/api/v1/systems', '/api/v1/doctor']) await call('GET', path);
  // Orders: carried out, refused, and a driver that throws all it knows.
  bmcOf(world, 1).state = 'on';
  await order(world, { action: 'cycle', all: true });
  await world.powerClock.advance(60_000);
  bmcOf(world, 1).failures.push(failure('wrong-credentials'), failure('refused'));
  for (const path of ['power', 'bmc', 'bmc/sensors', 'bmc/log', 'bmc/check', 'boot-device']) {
    const answer = call('GET', `${one}/${path}`);
    await world.powerClock.advance(60_000);
    await answer;
  }
  const { target } = bmcOf(world, 1);
  expect(target?.password?.reveal()).toBe(BMC_PASSWORD);
  expect(target?.kg?.reveal()).toBe(KG);
  bmcOf(world, 1).before = () =>
    Promise.reject(
      Object.assign(new TypeError(`no: ${JSON.stringify(target)} ${target?.password}`), { target }),
    );
  await order(world, { action: 'off', systems: ['web001'] });
  await world.powerClock.advance(600_000);
  for (const path of ['/api/v1/jobs', `${one}/timeline`, one]) await call('GET', path);
  await world.services.power.states.flush();
  await world.services.events.flush();

  const places = {
    disk: everythingOnDisk(),
    log: Buffer.from(world.logged.join('')),
    answers: Buffer.from(said.join('')),
  };
  // It has been where it could leak.
  expect(places.log.includes('power control failed')).toBe(true);
  expect(places.disk.includes('told to switch off')).toBe(true);
  expect(places.answers.includes('passwordSet')).toBe(true);
  for (const [secret, value] of Object.entries({ BMC_PASSWORD, KG, kgDigits: KG.slice(2) })) {
    for (const [place, bytes] of Object.entries(places)) {
      const [plain, hex] = [Buffer.from(value), Buffer.from(value).toString('hex')];
      for (const spelled of [
        plain,
        plain.toString('base64').slice(0, -4),
        hex,
        JSON.stringify(value).slice(1, -1),
      ])
        expect(`${secret} in ${place}: ${bytes.includes(spelled)}`).toBe(`${secret} in ${place}: false`);
    }
  }
});
