import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dhcpTester } from '../../support/dhcp-messages.ts';
import { ip } from '../../support/dhcp-packets.ts';
import { addRecord, addRecords, openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';
import { macOf } from '../../support/store-records.ts';

/** web001 is reserved 10.99.0.11 in `lab`; `upper` and `lower` are as small as it takes to fill them. */
let world: ServiceWorld;
const KNOWN = macOf(1);

const subnet = (name: string, network: string, more: object = {}) => {
  const prefix = network.replace(/\.0\/24$/, '');
  const ranges = [{ from: `${prefix}.100`, to: `${prefix}.101` }];
  return addRecord(world, 'subnets', { name, network, dhcp: 'authoritative', ranges, ...more });
};

beforeEach(async () => {
  world = await openServiceWorld();
  await addRecords(world);
  await subnet('lower', '10.98.0.0/24');
  await subnet('remote', '10.20.0.0/24');
  world.ownAddresses.splice(0, 9, ip('10.99.0.5'), ip('10.98.0.5'), ip('192.0.2.5'));
});
afterEach(() => world.dispose());

describe('two subnets on one interface', () => {
  const both = () => dhcpTester(world, ['10.98.0.5', '10.99.0.5']);

  it('renews a lease of the second by the second, and names our address there', async () => {
    const send = both();
    const taken = await send({ type: 'request', requested: '10.99.0.150', server: '10.99.0.5' });
    expect(taken.text).toBe('ack 10.99.0.150 from 10.99.0.5');
    expect(await send({ type: 'request', ciaddr: '10.99.0.150' })).toMatchObject({
      text: 'ack 10.99.0.150 from 10.99.0.5',
      to: 'unicast',
    });
    expect((await send({ type: 'request', requested: '10.99.0.150' })).text).toBe(
      'ack 10.99.0.150 from 10.99.0.5',
    );
    expect((await send({ type: 'discover' })).text).toBe('offer 10.99.0.150 from 10.99.0.5');
  });

  it('offers a reservation where it is, and a stranger the first subnet, then the next', async () => {
    const send = both();
    expect((await send({ type: 'discover', mac: KNOWN })).text).toBe('offer 10.99.0.11 from 10.99.0.5');
    const given: string[] = [];
    for (const last of ['a1', 'a2', 'a3']) {
      const mac = `52:54:00:00:00:${last}`;
      const { text, reply } = await send({ type: 'discover', mac });
      given.push(text.replace(/\.\d+ from/, '.x from'));
      const requested = [24, 16, 8, 0].map((bits) => ((reply?.yiaddr ?? 0) >>> bits) & 255).join('.');
      await send({ type: 'request', mac, requested, server: '10.98.0.5' });
    }
    expect(given).toEqual([
      'offer 10.98.0.x from 10.98.0.5',
      'offer 10.98.0.x from 10.98.0.5',
      'offer 10.99.0.x from 10.99.0.5',
    ]);
  });

  it('says no to an address of neither', async () => {
    expect(await both()({ type: 'request', requested: '10.20.0.100' })).toMatchObject({
      text: 'nak from 10.98.0.5',
      to: 'broadcast',
    });
  });

  it('judges by none that is off', async () => {
    await world.call('PATCH', '/api/v1/subnets/lower', { dhcp: 'off' });
    const send = both();
    expect((await send({ type: 'request', requested: '10.98.0.100' })).text).toBe('silence');
    expect((await send({ type: 'discover' })).text).toMatch(/^offer 10\.99\.0\.1\d\d from 10\.99\.0\.5$/);
  });
});

describe('a machine that was moved to another link', () => {
  const lease = async () => {
    const there = dhcpTester(world, ['10.98.0.5']);
    await there({ type: 'request', requested: '10.98.0.100', server: '10.98.0.5' });
  };

  it('hears a NAK when it rebinds on another interface of ours', async () => {
    await lease();
    const here = dhcpTester(world, ['10.99.0.5']);
    const said = await here({ type: 'request', ciaddr: '10.98.0.100' });
    expect(said).toMatchObject({ text: 'nak from 10.99.0.5', to: 'broadcast' });
  });

  it('hears a NAK when it comes from behind a relay and is heard to ask everybody', async () => {
    const here = dhcpTester(world, ['10.99.0.5']);
    const renewal = { type: 'request', ciaddr: '10.20.0.100' } as const;
    expect(await here(renewal, { isUnicast: false })).toMatchObject({
      text: 'nak from 10.99.0.5',
      to: 'broadcast',
    });
    // Sent to us alone, it is one that still is behind its relay.
    expect(await here(renewal, { isUnicast: true })).toMatchObject({
      text: expect.stringMatching(/^ack 10\.20\.0\.100/),
      to: 'unicast',
    });
  });

  it('hears it by its relay, which must broadcast it (RFC 2131 §4.3.2)', async () => {
    const said = await dhcpTester(world, ['10.99.0.5'])({
      type: 'request',
      ciaddr: '10.98.0.100',
      giaddr: '10.20.0.1',
    });
    expect(said).toMatchObject({ text: 'nak from 10.99.0.5', to: 'relay', reply: { flags: 0x8000 } });
  });
});

describe('relays', () => {
  const relayed = { giaddr: '10.20.0.1' };
  const send = (message: Parameters<ReturnType<typeof dhcpTester>>[0], addresses = ['192.0.2.5']) =>
    dhcpTester(world, addresses)(message);

  it('may be heard on an interface without an address', async () => {
    expect((await send({ type: 'discover', ...relayed }, [])).text).toMatch(
      /^offer 10\.20\.0\.10[01] from 10\.99\.0\.5/,
    );
    expect((await send({ type: 'discover' }, [])).text).toBe('silence');
  });

  it('may bring the REQUEST by another interface than the DISCOVER: any of our addresses is us', async () => {
    const request = { type: 'request', requested: '10.20.0.100', ...relayed } as const;
    expect((await send({ ...request, server: '10.98.0.5' })).text).toBe('ack 10.20.0.100 from 10.98.0.5');
    expect((await send({ ...request, server: '10.98.0.6' })).text).toBe('silence');
  });

  it('choose the link (RFC 3527) and the server id (RFC 5107), and get option 82 back as the last one', async () => {
    const options = { 82: `0106${'aa'.repeat(6)}05040a1400000b040a140001` };
    const discover = await send({ type: 'discover', giaddr: '198.51.100.1', options });
    expect(discover.text).toMatch(/^offer 10\.20\.0\.10[01] from 10\.20\.0\.1$/);
    expect(discover.reply?.options.get(82)?.toString('hex')).toBe(options[82]);
    expect([...(discover.reply?.options.keys() ?? [])].at(-1)).toBe(82);
    const request = { type: 'request', requested: '10.20.0.100', giaddr: '198.51.100.1', options } as const;
    expect((await send({ ...request, server: '10.20.0.1' })).text).toBe('ack 10.20.0.100 from 10.20.0.1');
    expect((await send({ ...request, server: '192.0.2.5' })).text).toBe('ack 10.20.0.100 from 10.20.0.1');
    expect((await send({ ...request, server: '10.20.0.2' })).text).toBe('silence');
    const release = { type: 'release', ciaddr: '10.20.0.100', server: '10.20.0.1' } as const;
    await send({ ...release, giaddr: '198.51.100.1', options });
    expect(world.store.dhcp.findHolder(ip('10.20.0.100'), world.nowMs)).toBeUndefined();
  });
});

describe('beside another server', () => {
  it('renews what was lost when it is asked alone, and leaves the rest to the other', async () => {
    await world.call('PATCH', '/api/v1/subnets/lab', { dhcp: 'shared' });
    const send = dhcpTester(world, ['10.99.0.5']);
    const renewal = { type: 'request', ciaddr: '10.99.0.150' } as const;
    expect((await send(renewal)).text).toBe('silence');
    expect((await send(renewal, { isUnicast: false })).text).toBe('silence');
    expect((await send(renewal, { isUnicast: true })).text).toBe('ack 10.99.0.150 from 10.99.0.5');
  });
});

it('an address that a stranger finds in use is told in the log and left alone', async () => {
  const send = dhcpTester(world, ['10.98.0.5']);
  await send({ type: 'request', requested: '10.98.0.100', server: '10.98.0.5' });
  expect((await send({ type: 'decline', requested: '10.98.0.100', server: '10.98.0.5' })).text).toBe(
    'silence',
  );
  expect(world.store.dhcp.findHolder(ip('10.98.0.100'), world.nowMs)?.label).toContain('declined');
  await world.services.events.flush();
  expect((await send({ type: 'discover' })).text).toBe('offer 10.98.0.101 from 10.98.0.5');
});

describe('BOOTP', () => {
  it('answers a machine with a reservation only', async () => {
    const send = dhcpTester(world, ['10.99.0.5']);
    expect((await send({ type: 'bootp', mac: KNOWN })).text).toBe('bootp 10.99.0.11');
    expect((await send({ type: 'bootp' })).text).toBe('silence');
  });
});
