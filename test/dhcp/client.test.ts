import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type DhcpClient, describeClient } from '../../src/dhcp/client.ts';
import { decodePacket } from '../../src/dhcp/packet.ts';
import { formatIpv4, type Ipv4 } from '../../src/domain/network/ipv4.ts';
import { ip, options, packetFixtureNames, packetOf, readPacketFixture } from '../support/dhcp-packets.ts';
import { clientOf, RECEPTION } from '../support/dhcp-world.ts';
import { must } from '../support/must.ts';

interface Expected {
  readonly source: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

const EXPECTED: Readonly<Record<string, Expected>> = JSON.parse(
  readFileSync(new URL('../fixtures/dhcp/expected.json', import.meta.url), 'utf8'),
);

const ADDRESS_FIELDS = [
  'ciaddr',
  'giaddr',
  'linkAddress',
  'requestedIp',
  'serverId',
  'serverIdOverride',
] as const;

/** The client as JSON can hold it: addresses as text, bytes as hex, undefined as null. */
function plain(client: DhcpClient): Record<string, unknown> {
  const address = (value: Ipv4 | undefined): string | null =>
    value === undefined ? null : formatIpv4(value);
  const entries = Object.entries(client).map(([name, value]) => [
    name,
    Buffer.isBuffer(value) ? value.toString('hex') : (value ?? null),
  ]);
  return {
    ...Object.fromEntries(entries),
    ...Object.fromEntries(ADDRESS_FIELDS.map((name) => [name, address(client[name])])),
  };
}

describe('the facts in every packet fixture', () => {
  test('every fixture has its expectation, and no expectation is left over', () => {
    expect(Object.keys(EXPECTED).sort()).toEqual(packetFixtureNames());
  });

  test.each(packetFixtureNames())('%s', (name) => {
    const { source, facts } = must(EXPECTED[name], name);
    expect(source).toMatch(/^(capture|written): /);
    expect(Object.keys(facts).length).toBeGreaterThan(3);
    const client = plain(describeClient(decodePacket(readPacketFixture(name)), RECEPTION));
    expect(client).toMatchObject(facts);
  });
});

describe('who the client is', () => {
  test.each([
    { name: 'Ethernet', change: {}, mac: '52:54:00:00:00:01', key: '52:54:00:00:00:01' },
    { name: 'group address', change: { chaddr: Buffer.alloc(16, 0x01) }, mac: undefined, key: undefined },
    { name: 'zero address', change: { chaddr: Buffer.alloc(16) }, mac: undefined, key: undefined },
    {
      name: 'zero Ethernet address with a client id is still nobody',
      change: { chaddr: Buffer.alloc(16), options: options({ 61: '0102' }) },
      mac: undefined,
      key: undefined,
    },
    { name: 'Ethernet with hlen 8', change: { hlen: 8 }, mac: undefined, key: undefined },
    {
      name: 'other hardware by client id',
      change: { htype: 32, hlen: 0, options: options({ 61: 'ffAB' }) },
      mac: undefined,
      key: 'id:ffab',
    },
  ])('$name', ({ change, mac, key }) => {
    expect(clientOf(change)).toMatchObject({ mac, key });
  });

  test('a BOOTREPLY is no request', () => {
    expect(clientOf({ op: 2, options: options({ 53: '02' }) })).toMatchObject({
      isRequest: false,
      messageType: 'offer',
    });
  });
});

describe('message type', () => {
  test.each([
    ['01', 'discover'],
    ['03', 'request'],
    ['04', 'decline'],
    ['07', 'release'],
    ['08', 'inform'],
    ['0a', 'unknown'],
    ['', 'unknown'],
    ['0101', 'unknown'],
  ])('option 53 = "%s" is %s', (hex, messageType) => {
    expect(clientOf({ options: options({ 53: hex }) }).messageType).toBe(messageType);
  });
  test('no option 53 is BOOTP', () => {
    expect(clientOf({}).messageType).toBe('bootp');
  });
});

describe('the link of the client', () => {
  test.each([
    { name: 'new client: the interface', change: {}, link: '10.99.0.1' },
    { name: 'renewing on a local network', change: { ciaddr: ip('10.99.0.7') }, link: '10.99.0.1' },
    { name: 'renewing by unicast from afar', change: { ciaddr: ip('10.20.0.7') }, link: '10.20.0.7' },
    { name: 'relayed', change: { giaddr: ip('10.20.0.1') }, link: '10.20.0.1' },
    {
      name: 'rebinding by a relay',
      change: { giaddr: ip('10.20.0.1'), ciaddr: ip('10.30.0.7') },
      link: '10.20.0.1',
    },
    {
      name: 'link selection (RFC 3527 §3)',
      change: { giaddr: ip('10.99.0.9'), options: options({ 82: '05040a140000' }) },
      link: '10.20.0.0',
    },
    {
      name: 'link selection without a relay is a forgery',
      change: { options: options({ 82: '05040a140000' }) },
      link: '10.99.0.1',
    },
  ])('$name', ({ change, link }) => {
    expect(formatIpv4(clientOf(change).linkAddress)).toBe(link);
  });
});

describe('what the client takes', () => {
  test.each([
    { size: undefined, bytes: 548 },
    { size: '0000', bytes: 548 },
    { size: '0240', bytes: 548 },
    { size: '05c0', bytes: 1444 },
    { size: '05dc', bytes: 1472 },
    { size: 'ffff', bytes: 1472 },
    { size: '01', bytes: 548 },
  ])('option 57 = $size: $bytes bytes of payload', ({ size, bytes }) => {
    const sent = size === undefined ? options({}) : options({ 57: size });
    expect(clientOf({ options: sent }).maxReplyBytes).toBe(bytes);
  });
});

describe('malformed options are named, not lost', () => {
  test.each([
    { code: 50, hex: '0a00' },
    { code: 53, hex: '0101' },
    { code: 54, hex: '0a000001ff' },
    { code: 55, hex: '' },
    { code: 57, hex: '05' },
    { code: 60, hex: 'ff00ff' },
    { code: 61, hex: '01' },
    { code: 77, hex: 'ff00ff' },
    { code: 82, hex: '0109' },
    { code: 82, hex: '05020a00' },
    { code: 93, hex: '000700' },
    { code: 97, hex: '00' },
  ])('option $code = $hex', ({ code, hex }) => {
    const client = clientOf({ options: options({ [code]: hex }) });
    expect(client.malformed).toEqual([{ code, reason: expect.stringContaining(`option ${code}`) }]);
  });
  test('a good packet has none', () => {
    const good = { 50: '0a000001', 53: '03', 54: '0a000001', 57: '05dc', 61: '0102', 93: '0007' };
    expect(clientOf({ options: options(good) }).malformed).toEqual([]);
  });
});

describe('boot facts', () => {
  const hex = (text: string): string => Buffer.from(text, 'latin1').toString('hex');

  test('a vendor class with garbage at its end is still that ROM', () => {
    const client = clientOf({ options: options({ 60: `${hex('PXEClient:Arch:00007:UNDI:003016')}ff` }) });
    expect(client).toMatchObject({ isPxe: true, archCodes: [7], vendorClass: undefined });
  });
  test('the list of iPXE user classes can be another', () => {
    const packet = packetOf({ options: options({ 77: hex('OurBoot') }) });
    expect(describeClient(packet, RECEPTION).isIpxe).toBe(false);
    expect(describeClient(packet, RECEPTION, ['OurBoot']).isIpxe).toBe(true);
  });
  test.each([
    { uuid: '00'.repeat(17), text: undefined },
    { uuid: `00${'ff'.repeat(16)}`, text: undefined },
    { uuid: `01${'ab'.repeat(16)}`, text: undefined },
    { uuid: '00000102030405060708090a0b0c0d0e0f', text: '03020100-0504-0706-0809-0a0b0c0d0e0f' },
  ])('machine UUID $uuid', ({ uuid, text }) => {
    expect(clientOf({ options: options({ 97: uuid }) }).machineUuid).toBe(text);
  });
  test('firmware says HTTP in its class: HTTP numbers of the list come first', () => {
    const list = '0007 0010';
    const pxe = clientOf({ options: options({ 60: hex('PXEClient'), 93: list }) });
    const http = clientOf({ options: options({ 60: hex('HTTPClient'), 93: list }) });
    expect(pxe.firmware).toMatchObject({ transport: 'tftp', code: 7 });
    expect(http.firmware).toMatchObject({ transport: 'http', code: 16 });
  });
  test('only unknown arch numbers: no firmware, the numbers stay', () => {
    const client = clientOf({ options: options({ 93: '0029 00ff' }) });
    expect(client).toMatchObject({ firmware: undefined, archCodes: [41, 255] });
  });
});
