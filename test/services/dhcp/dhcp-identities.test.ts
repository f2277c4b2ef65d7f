import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dhcpTester, type Message } from '../../support/dhcp-messages.ts';
import { addRecord, addRecords, openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';

const CARD = '52:54:00:00:00:77';
/** Circuit eth0 of the relay aabb. */
const PORT = { 82: '0104657468300202aabb' };

let world: ServiceWorld;
let send: ReturnType<typeof dhcpTester>;

const system = (name: string, ...interfaces: object[]) =>
  addRecord(world, 'systems', { name, profile: 'debian-13', interfaces });

beforeEach(async () => {
  world = await openServiceWorld();
  await addRecords(world);
  send = dhcpTester(world, ['10.99.0.5']);
});
afterEach(() => world.dispose());

describe('a machine that is known by where it is plugged in', () => {
  const request: Message = {
    type: 'request',
    mac: CARD,
    requested: '10.99.0.30',
    server: '10.99.0.5',
    options: PORT,
  };
  beforeEach(() => system('rack7', { circuitId: 'eth0', ip: '10.99.0.30' }));

  it('gets its reservation, renews it past the relay, and gives it back', async () => {
    expect((await send({ type: 'discover', mac: CARD, options: PORT })).text).toBe(
      'offer 10.99.0.30 from 10.99.0.5',
    );
    expect((await send({ type: 'request', mac: CARD, ciaddr: '10.99.0.30' })).text).toBe(
      'nak from 10.99.0.5',
    );
    expect((await send(request)).text).toBe('ack 10.99.0.30 from 10.99.0.5');
    // A renewal says nothing of the port: the lease knows the card.
    expect((await send({ type: 'request', mac: CARD, ciaddr: '10.99.0.30' })).text).toBe(
      'ack 10.99.0.30 from 10.99.0.5',
    );
    const leases = await world.call('GET', '/api/v1/leases');
    expect(leases.body).toMatchObject({
      items: [{ ip: '10.99.0.30', mac: CARD, key: 'circuit:65746830', system: 'rack7' }],
    });
    const record = await world.call('GET', '/api/v1/systems/rack7');
    expect(record.body).toMatchObject({ interfaces: [{ mac: null, circuitId: 'eth0', seenMac: CARD }] });
    await send({ type: 'release', mac: CARD, ciaddr: '10.99.0.30', server: '10.99.0.5', options: PORT });
    expect((await world.call('GET', '/api/v1/leases')).body).toEqual({ items: [] });
  });

  it('may be another card from one day to the next', async () => {
    await send(request);
    const other = '52:54:00:00:00:78';
    expect((await send({ ...request, mac: other })).text).toBe('ack 10.99.0.30 from 10.99.0.5');
    expect((await send({ type: 'request', mac: CARD, ciaddr: '10.99.0.30' })).text).toBe(
      'nak from 10.99.0.5',
    );
  });

  it('is another machine where its MAC is known', async () => {
    const known = { ...PORT };
    expect((await send({ type: 'discover', mac: '52:54:00:00:00:01', options: known })).text).toBe(
      'offer 10.99.0.11 from 10.99.0.5',
    );
  });

  it('gets no address that is somebody else’s', async () => {
    expect((await send({ ...request, requested: '10.99.0.11' })).text).toBe('nak from 10.99.0.5');
  });
});

describe('a machine that is known by its client id', () => {
  it('has a dynamic address under it, whatever card it uses', async () => {
    await system('nomad', { clientId: '0xff0001' });
    const as = (mac: string, type: Message['type'], requested?: string) =>
      send({ type, mac, options: { 61: 'ff0001' }, ...(requested && { requested, server: '10.99.0.5' }) });
    expect((await as(CARD, 'request', '10.99.0.150')).text).toBe('ack 10.99.0.150 from 10.99.0.5');
    expect((await as('52:54:00:00:00:79', 'discover')).text).toBe('offer 10.99.0.150 from 10.99.0.5');
    expect(
      (await send({ type: 'discover', mac: '52:54:00:00:00:79', options: { 50: '0a630096' } })).text,
    ).not.toContain('10.99.0.150 ');
  });

  it('InfiniBand: no hardware address at all (F30)', async () => {
    await system('ib1', { clientId: 'ff:00:01', ip: '10.99.0.31' });
    const header = { htype: 32, hlen: 0, chaddr: Buffer.alloc(16) };
    const said = await send({ type: 'discover', options: { 61: 'ff0001' }, header });
    expect(said).toMatchObject({ text: 'offer 10.99.0.31 from 10.99.0.5', to: 'broadcast' });
    const request: Message = {
      type: 'request',
      requested: '10.99.0.31',
      server: '10.99.0.5',
      options: { 61: 'ff0001' },
      header,
    };
    expect((await send(request)).text).toBe('ack 10.99.0.31 from 10.99.0.5');
    expect((await world.call('GET', '/api/v1/leases')).body).toMatchObject({
      items: [{ mac: 'id:ff0001', system: 'ib1' }],
    });
  });
});

describe('records', () => {
  it.each([
    [{ ip: '10.99.0.40' }, 'is missing'],
    [{ mac: '52:54:00:00:00:40', remoteId: 'sw1' }, 'narrows a circuitId down'],
    [{ clientId: '0x01' }, 'must be a client id'],
  ])('refuses %j', async (item, message) => {
    const body = { name: 'x', profile: 'debian-13', interfaces: [item] };
    const answer = await world.call('POST', '/api/v1/systems', body);
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).toContain(message);
  });

  it('refuses a circuit twice in one system, and one that another has', async () => {
    const port = { circuitId: 'eth0', remoteId: 'sw1' };
    const twice = { name: 'x', profile: 'debian-13', interfaces: [port, { name: 'eth1', ...port }] };
    expect(JSON.stringify((await world.call('POST', '/api/v1/systems', twice)).body)).toContain(
      'circuit eth0 of sw1 is given twice',
    );
    await system('first', port);
    const second = await world.call('POST', '/api/v1/systems', { ...twice, interfaces: [port] });
    expect(second).toMatchObject({
      status: 409,
      body: { conflict: { kind: 'circuit', value: 'eth0 of sw1' } },
    });
  });

  it('keeps what it is known by over an edit of something else', async () => {
    await system('rack7', { circuitId: 'eth0', clientId: '0xff01', ip: '10.99.0.30' });
    const edited = await world.call('PATCH', '/api/v1/systems/rack7', { comment: 'moved' });
    expect(edited.body).toMatchObject({
      interfaces: [{ circuitId: 'eth0', clientId: '0xff01', ip: '10.99.0.30' }],
    });
  });
});
