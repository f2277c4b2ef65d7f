import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addRecord, addRecords, openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';
import { macOf } from '../../support/store-records.ts';

let world: ServiceWorld;
beforeEach(async () => {
  world = await openServiceWorld();
  await addRecords(world);
});
afterEach(() => world.dispose());

/** A second system; everything of it is its own unless the test says otherwise. */
function second(change: object = {}) {
  return {
    name: 'web002',
    profile: 'debian-13',
    interfaces: [{ mac: macOf(2), ip: '10.99.0.12' }],
    ...change,
  };
}

const nic = (ipText: string | null, mac = macOf(2)) => ({ interfaces: [{ mac, ip: ipText }] });
const addSecond = (change: object = {}) => world.call('POST', '/api/v1/systems', second(change));
const edit = (name: string, change: object) => world.call('PATCH', `/api/v1/systems/${name}`, change);

/** The answer that names the other side: who, on which interface, and the command that shows it. */
function takenBy(value: string, kind: string, holder: string, port: string | null, command: string) {
  return {
    status: 409,
    body: {
      conflict: { value, kind, holder, interface: port, command },
      hint: `look at it with: ${command}`,
    },
  };
}

const BY_WEB001 = ['system web001', 'eth0', 'provision system show web001'] as const;

describe('the error names the other side', () => {
  it.each([
    { what: 'an address', change: nic('10.99.0.11'), answer: takenBy('10.99.0.11', 'ip', ...BY_WEB001) },
    { what: 'a MAC', change: nic('10.99.0.12', macOf(1)), answer: takenBy(macOf(1), 'mac', ...BY_WEB001) },
    {
      what: 'a MAC in other spelling',
      change: nic('10.99.0.12', '5254.0000.0001'),
      answer: takenBy(macOf(1), 'mac', ...BY_WEB001),
    },
    {
      what: 'a name',
      change: { name: 'web001', hostname: 'x' },
      answer: takenBy('web001', 'name', 'system web001', null, 'provision system show web001'),
    },
    {
      what: 'a hostname',
      change: { hostname: 'web001' },
      answer: takenBy('web001', 'hostname', 'system web001', null, 'provision system show web001'),
    },
    {
      what: 'the gateway',
      change: nic('10.99.0.254'),
      answer: takenBy('10.99.0.254', 'ip', 'gateway of subnet lab', null, 'provision subnet show lab'),
    },
    {
      what: 'a host’s address for a BMC',
      change: { bmc: { address: '10.99.0.11' } },
      answer: takenBy('10.99.0.11', 'ip', ...BY_WEB001),
    },
    {
      what: 'the gateway for a BMC',
      change: { bmc: { address: '10.99.0.254' } },
      answer: takenBy('10.99.0.254', 'ip', 'gateway of subnet lab', null, 'provision subnet show lab'),
    },
  ])('$what, in a new record and in an edit', async ({ change, answer }) => {
    expect(await addSecond(change)).toMatchObject(answer);
    await addRecord(world, 'systems', second());
    expect(await edit('web002', change)).toMatchObject(answer);
    expect((await world.call('GET', '/api/v1/systems/web002')).body).toMatchObject({ revision: 1 });
  });

  it('a BMC’s address for a host', async () => {
    await edit('web001', { bmc: { address: '10.99.0.13' } });
    const command = 'provision system show web001';
    expect(await addSecond(nic('10.99.0.13'))).toMatchObject(
      takenBy('10.99.0.13', 'ip', 'BMC of system web001', null, command),
    );
  });

  it('a system’s address for a gateway', async () => {
    const answer = await world.call('PATCH', '/api/v1/subnets/lab', { gateway: '10.99.0.11' });
    expect(answer).toMatchObject(takenBy('10.99.0.11', 'ip', ...BY_WEB001));
  });

  it('all other sides at once', async () => {
    const answer = await addSecond({ name: 'web001', ...nic('10.99.0.11', macOf(1)) });
    const { problems } = answer.body as { problems: { path: string }[] };
    expect(problems.map(({ path }) => path)).toEqual(['name', 'mac', 'ip']);
  });
});

describe('addresses that are no machine’s', () => {
  it.each([
    { ip: '10.99.0.0', message: 'network address' },
    { ip: '10.99.0.255', message: 'broadcast address' },
    { ip: '10.99.0.100', message: 'dynamic range 10.99.0.100-10.99.0.199' },
    { ip: '10.99.0.199', message: 'dynamic range' },
    { ip: '10.99.0.5', message: 'own address' },
    { ip: '010.99.0.12', message: 'leading zeros' },
    { ip: '10.99.0.012', message: 'leading zeros' },
  ])('$ip: $message, for an interface and for a BMC', async ({ ip: text, message }) => {
    for (const [change, path] of [
      [nic(text), 'interfaces.0.ip'],
      [{ bmc: { address: text } }, 'bmc.address'],
    ] as const) {
      const problems = [{ path, message: expect.stringContaining(message) }];
      expect(await addSecond(change)).toMatchObject({ status: 422, body: { problems } });
    }
  });

  it('one of no declared subnet, for an interface only', async () => {
    expect(await addSecond(nic('10.98.0.1'))).toMatchObject({ status: 422 });
    expect(await addSecond({ bmc: { address: '192.168.7.7' } })).toMatchObject({ status: 201 });
  });

  it('one of another subnet than the one that is named', async () => {
    const interfaces = [{ mac: macOf(2), ip: '10.99.0.12', subnet: 'other' }];
    expect(await addSecond({ interfaces })).toMatchObject({
      status: 422,
      body: { problems: [{ path: 'interfaces.0.ip' }] },
    });
  });
});

describe('copies and renames', () => {
  it('a rename to itself and to a free name', async () => {
    expect(await edit('web001', { name: 'web001' })).toMatchObject({ status: 200 });
    expect(await edit('web001', { name: 'db001' })).toMatchObject({ status: 200, body: { name: 'db001' } });
  });

  it('a rename takes the hostname along where it followed the name, and leaves nothing occupied', async () => {
    expect(await edit('web001', { name: 'db001' })).toMatchObject({ body: { hostname: 'db001' } });
    expect(await addSecond({ name: 'web001' })).toMatchObject({ status: 201 });
    await edit('web001', { hostname: 'front' });
    expect(await edit('web001', { name: 'web003' })).toMatchObject({ body: { hostname: 'front' } });
  });

  it.each(['', '  ', '00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff', '01:00:5e:00:00:01'])(
    'a copy with the MAC "%s" is refused',
    async (mac) => {
      const answer = await addSecond(nic('10.99.0.12', mac));
      expect(answer).toMatchObject({ status: 422, body: { problems: [{ path: 'interfaces.0.mac' }] } });
    },
  );

  it.each(['52-54-00-00-00-02', '5254.0000.0002', '525400000002', '52:54:0:0:0:2', '52:54:00:00:00:02'])(
    'a MAC written %s is the same one',
    async (mac) => {
      expect(await addSecond(nic('10.99.0.12', mac))).toMatchObject({
        body: { interfaces: [{ mac: macOf(2) }] },
      });
      expect(await edit('web001', nic('10.99.0.11', mac))).toMatchObject({ status: 409 });
    },
  );

  it('two interfaces of one system with the same MAC, address or name', async () => {
    const interfaces = [
      { name: 'eth0', mac: macOf(2), ip: '10.99.0.12' },
      { name: 'eth0', mac: macOf(2).toUpperCase(), ip: '10.99.0.12' },
    ];
    const answer = await addSecond({ interfaces, bmc: { address: '10.99.0.12' } });
    const { problems } = answer.body as { problems: { path: string }[] };
    const twice = ['interfaces.1.name', 'interfaces.1.mac', 'interfaces.1.ip', 'bmc.address'];
    expect(problems.map(({ path }) => path)).toEqual(twice);
  });

  it('a swap of two addresses in one edit', async () => {
    const both = (first: string, other: string) => ({
      interfaces: [
        { name: 'eth0', mac: macOf(1), ip: first },
        { name: 'eth1', mac: macOf(9), ip: other },
      ],
    });
    await edit('web001', both('10.99.0.11', '10.99.0.19'));
    const interfaces = [{ ip: '10.99.0.19' }, { ip: '10.99.0.11' }];
    expect(await edit('web001', both('10.99.0.19', '10.99.0.11'))).toMatchObject({
      status: 200,
      body: { interfaces },
    });
  });
});
