import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPuppet, type Puppet } from '../../../server/handoff/puppet-wiring.ts';
import { type Config, parseConfig } from '../../../src/config.ts';
import type { NewBootEvent } from '../../../src/domain/boot/boot-event.ts';
import type { EventService } from '../../../src/services/events/events.ts';
import { must } from '../../support/must.ts';
import { type CaServer, startCaServer } from '../../support/puppet-ca/ca-server.ts';
import { csrFixture } from '../../support/puppet-ca/fixtures.ts';
import { addRecords, openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';

const NAME = 'web001.lab.test';
const signal = new AbortController().signal;
let server: CaServer;
let world: ServiceWorld;
let config: Config;
let told: NewBootEvent[];

beforeEach(async () => {
  server = await startCaServer();
  world = await openServiceWorld();
  await addRecords(world);
  await world.call('PATCH', '/api/v1/subnets/lab', { domain: 'lab.test' });
  configure();
  world.handoffs.definitions['puppet'] = must(config.handoff.definitions['puppet'], 'the definition');
  await world.call('PATCH', '/api/v1/systems/web001', { handoff: 'puppet' });
  told = [];
});
afterEach(async () => {
  await world.dispose();
  await server.stop();
});

function configure(more: object = {}): void {
  const puppet = { driver: 'puppet', ca: { ...server.access, ...more }, privateKeyFile: '/srv/key' };
  config = parseConfig(JSON.stringify({ handoff: { definitions: { puppet } } }), {});
}

/** As after a start of the service. */
function open(): Puppet {
  const { deps, services } = world;
  const events = { record: (event: NewBootEvent) => told.push(event) } as unknown as EventService;
  const log = { error: (what: object) => expect.unreachable(JSON.stringify(what)) } as never;
  return openPuppet({ deps, events, config: () => config, log, tokenOf: services.installs.tokenOf });
}

const submit = (name: string, fixture = 'plain') =>
  server.ca.entries.set(name, { state: 'signed', pem: csrFixture(fixture) });
const system = async () => must(await world.store.read.systems.find('web001'), 'web001').system;
const arm = async (): Promise<number> => {
  const answer = await world.call('POST', '/api/v1/systems/web001/install', {});
  expect(answer.status).toBe(201);
  return (answer.body as { id: number }).id;
};
const armedEvent = (installId: number) => ({ stage: 'armed', installId }) as NewBootEvent;

describe('arming a machine that is handed over to Puppet', () => {
  it('fixes the name, and has the CA revoke and forget the certificate of before', async () => {
    submit(NAME);
    const install = await arm();
    expect(await open().certificates.clear(install, signal)).toEqual({
      install,
      handoff: 'puppet',
      certname: NAME,
      state: 'cleared',
      keyDigest: null,
    });
    expect(server.ca.entries.size).toBe(0);
    const changes = server.ca.asked.filter((line) => !line.startsWith('GET'));
    expect(changes.map((line) => line.split(' ')[0])).toEqual(['PUT', 'DELETE']);
    expect(told).toMatchObject([
      {
        stage: 'certificate',
        outcome: 'ok',
        installId: install,
        message: `its Puppet certificate will be ${NAME}; the CA has forgotten ${NAME}`,
      },
    ]);
  });

  it('takes the certificate along that it had under another name', async () => {
    const puppet = open();
    await puppet.certificates.clear(await arm(), signal);
    submit(NAME);
    await world.call('POST', '/api/v1/systems/web001/cancel', {});
    await world.call('PATCH', '/api/v1/systems/web001', { hostname: 'db001' });
    const { certname } = must(await puppet.certificates.clear(await arm(), signal), 'a certificate');
    expect(certname).toBe('db001.lab.test');
    expect(server.ca.entries.size).toBe(0);
    const good = await world.store.read.certificates.listGood((await system()).id);
    expect(good.map((one) => one.certname)).toEqual(['db001.lab.test']);
  });

  it('happens by the event, and is done before the service ends or left for the hand-off', async () => {
    submit(NAME);
    const install = await arm();
    const puppet = open();
    puppet.notice(armedEvent(install));
    puppet.notice({ ...armedEvent(install), stage: 'kernel' });
    await puppet.stop();
    expect(await open().certificates.clear(install, signal)).toMatchObject({ state: 'cleared' });
    expect(server.ca.entries.size).toBe(0);
  });

  it('is done later where the CA is gone in between, and the timeline says so', async () => {
    const install = await arm();
    configure({ url: 'https://127.0.0.1:1' });
    await expect(open().certificates.clear(install, signal)).rejects.toMatchObject({
      failure: 'unreachable',
    });
    expect(told).toMatchObject([{ stage: 'certificate', outcome: 'warning' }]);
    configure();
    expect(await open().certificates.clear(install, signal)).toMatchObject({ state: 'cleared' });
  });

  it.each([
    {
      what: 'is not there',
      more: { url: 'https://127.0.0.1:1' },
      reason: /^the Puppet CA cannot be reached: ECONNREFUSED/,
    },
    {
      what: 'does not let us',
      stranger: true,
      reason: /^the Puppet CA does not let this service's certificate do that/,
    },
  ])('has a reason against it when the CA $what', async ({ more, stranger, reason }) => {
    configure(more ?? (stranger ? server.stranger : {}));
    expect(await open().certificates.problems(await system(), signal)).toEqual([
      expect.stringMatching(reason),
    ]);
  });

  it('has none when all is well', async () => {
    expect(await open().certificates.problems(await system(), signal)).toEqual([]);
  });
});

describe('what the answer file tells the agent', () => {
  it('is the fixed name, also when the record was edited since, and the challenge of the install', async () => {
    const puppet = open();
    const install = await arm();
    await puppet.certificates.clear(install, signal);
    await world.call('PATCH', '/api/v1/systems/web001', { hostname: 'db001' });
    const token = must(world.services.installs.tokenOf(install), 'a token');
    const facts = must((await puppet.facts(await system(), token)) ?? undefined, 'facts');
    expect(facts).toMatchObject({ certname: NAME, server: '127.0.0.1' });
    expect(facts.challenge.equals(must(puppet.certificates.challengeOf(install), 'a challenge'))).toBe(true);
    expect(facts.caLines[0]).toBe('-----BEGIN CERTIFICATE-----');
    expect(await puppet.facts(await system(), 'preview')).toMatchObject({ certname: 'db001.lab.test' });
  });

  it('is nothing for a machine with another hand-off', async () => {
    await world.call('PATCH', '/api/v1/systems/web001', { handoff: 'base' });
    expect(await open().facts(await system(), 'preview')).toBeNull();
  });

  it('is a reason against arming where the CA certificate is not there', async () => {
    configure({ caFile: '/nonexistent.pem' });
    await expect(open().facts(await system(), 'preview')).rejects.toMatchObject({ code: 'not-ready' });
  });
});

describe('the record of a certificate', () => {
  it('is only written while the install is being configured', async () => {
    const puppet = open();
    const install = await arm();
    await puppet.certificates.clear(install, signal);
    expect(await puppet.certificates.recordOf(install).write('signing', 'ab')).toBe(false);
    expect(await puppet.certificates.recordOf(install).find()).toMatchObject({ state: 'cleared' });
  });
});
