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
