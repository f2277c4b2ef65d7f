import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dhcpTester, type Message } from '../../support/dhcp-messages.ts';
import { addRecord, addRecords, openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';

const [FIRST, SECOND] = ['52:54:00:00:00:71', '52:54:00:00:00:72'];
const CARDS = [
  { name: 'eth0', mac: FIRST },
  { name: 'eth1', mac: SECOND },
];
const BOND = { name: 'bond0', type: 'bond', parents: ['eth0', 'eth1'], ip: '10.99.0.30' };
const VIP = '10.99.0.50';

let world: ServiceWorld;
let send: ReturnType<typeof dhcpTester>;

beforeEach(async () => {
  world = await openServiceWorld();
  await addRecords(world);
  send = dhcpTester(world, ['10.99.0.5']);
});
afterEach(() => world.dispose());

const add = (name: string, interfaces: readonly object[]) =>
  addRecord(world, 'systems', { name, profile: 'debian-13', interfaces });
const call = (method: 'POST' | 'PATCH', path: string, body: object) =>
  world.call(method, `/api/v1/systems${path}`, body);
const discover = async (mac: string) => (await send({ type: 'discover', mac })).text;
const request = (mac: string, requested: string): Message => ({
  type: 'request',
  mac,
  requested,
  server: '10.99.0.5',
});

describe('a machine that boots from one card of a bond', () => {
  it('is given the address of the bond, and renews it', async () => {
    await add('db1', [...CARDS, BOND]);
    expect(await discover(FIRST)).toBe('offer 10.99.0.30 from 10.99.0.5');
    expect((await send(request(FIRST, '10.99.0.30'))).text).toBe('ack 10.99.0.30 from 10.99.0.5');
    expect((await send({ type: 'request', mac: FIRST, ciaddr: '10.99.0.30' })).text).toBe(
      'ack 10.99.0.30 from 10.99.0.5',
    );
    const leases = await world.call('GET', '/api/v1/leases');
    expect(leases.body).toMatchObject({ items: [{ ip: '10.99.0.30', mac: FIRST, system: 'db1' }] });
  });

  it('gets nothing on the other cards, neither that address nor a dynamic one', async () => {
    await add('db1', [...CARDS, BOND]);
    await send(request(FIRST, '10.99.0.30'));
    expect(await discover(SECOND)).toBe('silence');
    expect((await send(request(SECOND, '10.99.0.30'))).text).toBe('silence');
    expect((await send(request(SECOND, '10.99.0.150'))).text).toBe('silence');
  });

  it('follows an edit in its next packet, also where the memory had it', async () => {
    await add('db1', [{ ...CARDS[0], ip: '10.99.0.30' }, CARDS[1] ?? {}]);
    expect([await discover(FIRST), (await discover(SECOND)).slice(0, 15)]).toEqual([
      'offer 10.99.0.30 from 10.99.0.5',
      'offer 10.99.0.1',
    ]);
    const turned = { ...BOND, parents: ['eth1', 'eth0'] };
    expect((await call('PATCH', '/db1', { interfaces: [...CARDS, turned] })).status).toBe(200);
    expect([await discover(FIRST), await discover(SECOND)]).toEqual([
      'silence',
      'offer 10.99.0.30 from 10.99.0.5',
    ]);
  });

  it('boots below a bridge over the bond as well', async () => {
    const bridge = { name: 'br0', type: 'bridge', parents: ['bond0'], ip: '10.99.0.31' };
    await add('kvm1', [...CARDS, { ...BOND, ip: null }, bridge]);
    expect([await discover(FIRST), await discover(SECOND)]).toEqual([
      'offer 10.99.0.31 from 10.99.0.5',
      'silence',
    ]);
  });

  it('keeps the address of the bond from others, who hear whose it is', async () => {
    await add('db1', [...CARDS, BOND]);
    const rival = {
      name: 'x',
      profile: 'debian-13',
      interfaces: [{ mac: '52:54:00:00:00:73', ip: '10.99.0.30' }],
    };
    expect(await call('POST', '', rival)).toMatchObject({
      status: 409,
      body: {
        detail: expect.stringContaining('system db1, interface bond0'),
        conflict: { interface: 'bond0' },
      },
    });
    expect((await send(request('52:54:00:00:00:74', '10.99.0.30'))).text).toBe('nak from 10.99.0.5');
  });

  it('keeps its automatic address over an edit, though a bond has no MAC', async () => {
    await add('db1', [...CARDS, { ...BOND, ip: 'auto', subnet: 'lab' }]);
    const ipOf = (answer: { body: unknown }) =>
      (answer.body as { interfaces: { ip: string }[] }).interfaces.find(({ ip }) => ip !== null)?.ip;
    const before = ipOf(await world.call('GET', '/api/v1/systems/db1'));
    const edited = await call('PATCH', '/db1', {
      interfaces: [...CARDS, { ...BOND, ip: 'auto', subnet: 'lab' }],
    });
    expect(ipOf(edited)).toBe(before);
  });
});

describe('addresses that are shared on purpose', () => {
  const sharer = (name: string, number: number, more: object = { sharedAddresses: [VIP] }) => ({
    name,
    profile: 'debian-13',
    interfaces: [{ mac: `52:54:00:00:00:8${number}`, ip: `10.99.0.4${number}`, ...more }],
  });

  it('are taken by all that say so, refused to who does not, and named', async () => {
    for (const number of [1, 2])
      expect((await call('POST', '', sharer(`lb${number}`, number))).status).toBe(201);
    const refused = await call('POST', '', sharer('lb3', 3, { ip: VIP }));
    expect(refused).toMatchObject({
      status: 409,
      body: { conflict: { value: VIP, holder: 'system lb1 and 1 more, as a shared address' } },
    });
    expect((await call('POST', '', sharer('lb3', 3, { addresses: [VIP] }))).status).toBe(409);
    await add('own', [{ mac: '52:54:00:00:00:90', ip: '10.99.0.51' }]);
    const other = await call('POST', '', sharer('lb3', 3, { sharedAddresses: ['10.99.0.51'] }));
    expect(other).toMatchObject({ status: 409, body: { conflict: { holder: 'system own' } } });
  });

  it('are given to nobody by DHCP, and chosen for nobody', async () => {
    await call('POST', '', sharer('lb1', 1, { sharedAddresses: ['10.99.0.1', '10.99.0.2'] }));
    expect((await send(request('52:54:00:00:00:81', '10.99.0.1'))).text).toBe('nak from 10.99.0.5');
    const auto = await call('POST', '', sharer('next', 2, { ip: 'auto', subnet: 'lab' }));
    const [card] = (auto.body as { interfaces: { ip: string }[] }).interfaces;
    expect(['10.99.0.1', '10.99.0.2']).not.toContain(card?.ip);
  });

  it('become one’s own when nobody else shares them', async () => {
    await call('POST', '', sharer('lb1', 1));
    const own = { interfaces: [{ mac: '52:54:00:00:00:81', ip: VIP }] };
    expect((await call('PATCH', '/lb1', own)).status).toBe(200);
    expect((await call('POST', '', sharer('lb2', 2))).status).toBe(409);
  });
});

describe('routes and gateways', () => {
  it.each([
    [{ routes: [{ to: '10.20.0.0/16', via: '10.98.0.1' }] }, 'interfaces.0.routes.0.via'],
    [{ routes: [{ to: '10.20.0.0/16', via: '10.99.0.30' }] }, 'interfaces.0.routes.0.via'],
    [{ addresses: ['10.55.0.1'] }, 'interfaces.0.addresses.0'],
    [{ addresses: ['10.99.0.30'] }, 'interfaces.0.addresses.0'],
    [{ sharedAddresses: ['10.99.0.255'] }, 'interfaces.0.sharedAddresses.0'],
  ])('refuses %j', async (more, path) => {
    const body = { name: 'x', profile: 'debian-13', interfaces: [{ mac: FIRST, ip: '10.99.0.30', ...more }] };
    expect(await call('POST', '', body)).toMatchObject({ status: 422, body: { problems: [{ path }] } });
  });
});
