import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ip } from '../../support/dhcp-packets.ts';
import {
  addRecord,
  addRecords,
  bodies,
  openServiceWorld,
  type ServiceWorld,
} from '../../support/service-world.ts';
import { leaseWrite, macOf, NOW_MS } from '../../support/store-records.ts';

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

describe('leases in the way', () => {
  /** A lease outside the range: the range was smaller, or the record is gone. */
  const lease = (number: number, change: object = {}) =>
    world.store.dhcp.commitLease(leaseWrite(number, '10.99.0.50', change));

  it('an old one gives way', async () => {
    await lease(60, { expiresAtMs: NOW_MS });
    expect(await addSecond(nic('10.99.0.50'))).toMatchObject({ status: 201 });
  });

  it('an old one gives way to a gateway', async () => {
    await lease(60, { expiresAtMs: NOW_MS });
    expect(await world.call('PATCH', '/api/v1/subnets/lab', { gateway: '10.99.0.50' })).toMatchObject({
      status: 200,
    });
    expect(await addSecond({ bmc: { address: '10.99.0.50' } })).toMatchObject({ status: 409 });
  });

  it('a live one of another machine does not, and is named', async () => {
    await lease(60);
    const until = '2026-11-22T10:00:00.000Z';
    const answer = takenBy(
      '10.99.0.50',
      'ip',
      `lease of ${macOf(60)} until ${until}`,
      null,
      'provision lease list',
    );
    expect(await addSecond(nic('10.99.0.50'))).toMatchObject(answer);
  });

  it('a live one of the very same interface becomes its reservation', async () => {
    await lease(2);
    expect(await addSecond(nic('10.99.0.50'))).toMatchObject({ status: 201 });
    expect(world.store.dhcp.findHolder(ip('10.99.0.50'), NOW_MS)).toMatchObject({ label: 'system web002' });
  });

  it('--ip auto passes over live ones and takes old ones', async () => {
    const auto = (number: number) => addSecond({ name: `n${number}`, ...nic('auto', macOf(number)) });
    await world.store.dhcp.commitLease(leaseWrite(60, '10.99.0.1'));
    await world.store.dhcp.commitLease(leaseWrite(61, '10.99.0.3', { expiresAtMs: NOW_MS }));
    expect(await auto(2)).toMatchObject({ body: { interfaces: [{ ip: '10.99.0.2' }] } });
    expect(await auto(3)).toMatchObject({ body: { interfaces: [{ ip: '10.99.0.3' }] } });
  });
});

describe('--ip auto', () => {
  const auto = (number: number, subnet?: string) =>
    world.call('POST', '/api/v1/systems', {
      name: `auto${number}`,
      profile: 'debian-13',
      interfaces: [{ mac: macOf(number), ip: 'auto', ...(subnet === undefined ? {} : { subnet }) }],
    });
  const addSubnet = (change: object) => addRecord(world, 'subnets', { dhcp: 'off', ...change });

  it('takes the next free one: not the gateway, not a BMC, no range, not our own', async () => {
    await edit('web001', { bmc: { address: '10.97.0.3' } });
    world.ownAddresses.push(ip('10.97.0.2'));
    const ranges = [{ from: '10.97.0.4', to: '10.97.0.4' }];
    await addSubnet({ name: 'tiny', network: '10.97.0.0/29', gateway: '10.97.0.1', ranges });
    expect(await auto(20, 'tiny')).toMatchObject({
      status: 201,
      body: { interfaces: [{ ip: '10.97.0.5' }] },
    });
    expect(await auto(21, 'tiny')).toMatchObject({
      status: 201,
      body: { interfaces: [{ ip: '10.97.0.6' }] },
    });
    const full = { code: 'no-free-address', detail: expect.stringContaining("subnet 'tiny' (10.97.0.0/29)") };
    expect(await auto(22, 'tiny')).toMatchObject({ status: 409, body: full });
    await world.call('DELETE', '/api/v1/systems/auto20');
    expect(await auto(22, 'tiny')).toMatchObject({
      status: 201,
      body: { interfaces: [{ ip: '10.97.0.5' }] },
    });
  });

  it('needs the subnet’s name where there are several', async () => {
    expect(await auto(20)).toMatchObject({
      status: 201,
      body: { interfaces: [{ ip: '10.99.0.1', subnet: 'lab' }] },
    });
    await addSubnet({ name: 'two', network: '10.98.0.0/24' });
    expect(await auto(21)).toMatchObject({
      status: 422,
      body: { problems: [{ path: 'interfaces.0.subnet' }] },
    });
  });

  it('gives every interface of a record another one', async () => {
    const interfaces = [7, 8, 9].map((number) => ({ name: `e${number}`, mac: macOf(number), ip: 'auto' }));
    interfaces.splice(1, 0, { name: 'e1', mac: macOf(6), ip: '10.99.0.2' });
    const answer = await addSecond({ interfaces });
    const { interfaces: given } = answer.body as { interfaces: { ip: string }[] };
    expect(given.map((item) => item.ip)).toEqual(['10.99.0.1', '10.99.0.2', '10.99.0.3', '10.99.0.4']);
  });
});

describe('subnets', () => {
  const lab = (change: object) => world.call('PATCH', '/api/v1/subnets/lab', change);

  it('a range over a reservation, by its place in what was sent', async () => {
    const ranges = [
      { from: '10.99.0.100', to: '10.99.0.110' },
      { from: '10.99.0.10', to: '10.99.0.20' },
    ];
    const problems = [{ path: 'ranges.1', message: expect.stringContaining('10.99.0.11 of system web001') }];
    expect(await lab({ ranges })).toMatchObject({ status: 422, body: { problems } });
  });

  it('a range over a BMC', async () => {
    await edit('web001', { bmc: { address: '10.99.0.20' } });
    const problems = [{ path: 'ranges.0', message: expect.stringContaining('BMC of system web001') }];
    expect(await lab({ ranges: [{ from: '10.99.0.20', to: '10.99.0.30' }] })).toMatchObject({
      status: 422,
      body: { problems },
    });
  });

  it('a network that overlaps another', async () => {
    const body = {
      ...bodies(world).subnet,
      name: 'two',
      network: '10.99.0.128/25',
      gateway: null,
      ranges: [],
    };
    const problems = [{ path: 'network', message: expect.stringContaining("overlaps subnet 'lab'") }];
    expect(await world.call('POST', '/api/v1/subnets', body)).toMatchObject({
      status: 422,
      body: { problems },
    });
  });

  it('a move that leaves systems outside names some, and how many', async () => {
    for (let number = 30; number < 38; number++)
      await addRecord(
        world,
        'systems',
        second({ name: `n${number}`, ...nic(`10.99.0.${number}`, macOf(number)) }),
      );
    const answer = await lab({ network: '10.98.0.0/24', gateway: null, ranges: [] });
    expect(answer).toMatchObject({
      status: 409,
      body: { code: 'in-use', detail: expect.stringMatching(/n33\) and 4 more$/) },
    });
  });

  it.each([
    { held: '10.99.0.63', network: '10.99.0.0/26', what: 'broadcast' },
    { held: '10.99.0.8', network: '10.99.0.8/29', what: 'network' },
  ])('a move that makes $held the $what address', async ({ held, network, what }) => {
    await world.call('DELETE', '/api/v1/systems/web001');
    await addRecord(world, 'systems', second(nic(held)));
    const problems = [{ path: 'network', message: expect.stringContaining(`${what} address`) }];
    expect(await lab({ network, gateway: null, ranges: [] })).toMatchObject({
      status: 422,
      body: { problems },
    });
  });
});
