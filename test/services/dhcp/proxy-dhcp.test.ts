import { afterEach, beforeEach, expect, it } from 'vitest';
import { encodePacket } from '../../../src/dhcp/packet.ts';
import { macToBytes, parseMac } from '../../../src/domain/network/mac.ts';
import { LOCAL } from '../../../src/services/deps.ts';
import { dhcpService } from '../../../src/services/dhcp/dhcp.ts';
import { ip, options, packetOf } from '../../support/dhcp-packets.ts';
import { must } from '../../support/must.ts';
import { addRecords, openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';
import { leaseWrite, macOf } from '../../support/store-records.ts';

const SERVER = ip('10.99.0.5');
const OTHER = '0a630002';
const TAKEN = ip('10.99.0.150');
const TAKEN_HEX = '0a630096';
const HOUR_MS = 3_600_000;

let world: ServiceWorld;
/** A REQUEST of machine `number` to the other server, for the address. Never answered. */
let request: (number: number, changes?: Readonly<Record<number, string>>, ciaddr?: string) => Promise<void>;
const holder = () => world.store.dhcp.findHolder(TAKEN, world.nowMs)?.mac;

async function setMode(dhcp: string): Promise<void> {
  const answer = await world.call('PATCH', '/api/v1/subnets/lab', { dhcp, ranges: [] });
  expect(answer.status).toBe(200);
}

beforeEach(async () => {
  world = await openServiceWorld();
  await addRecords(world);
  await setMode('proxy');
  const settings = { httpPort: 80, ownAddresses: () => [SERVER] };
  const service = dhcpService(world.deps, world.services.events, world.services.installs, settings);
  const reception = { interfaceName: 'lan0', serverAddresses: [{ address: SERVER, prefix: 24 }] };
  request = async (number, changes = { 50: TAKEN_HEX, 54: OTHER }, ciaddr = '0.0.0.0') => {
    const chaddr = Buffer.concat([macToBytes(must(parseMac(macOf(number)), 'a MAC')), Buffer.alloc(10)]);
    const packet = packetOf({ chaddr, ciaddr: ip(ciaddr), options: options({ 53: '03', ...changes }) });
    expect(await service.handle(encodePacket(packet), reception)).toBeUndefined();
  };
});
afterEach(() => world.dispose());

it.each([
  { how: 'chooses', changes: { 50: TAKEN_HEX, 54: OTHER }, ciaddr: '0.0.0.0' },
  { how: 'comes back to', changes: { 50: TAKEN_HEX }, ciaddr: '0.0.0.0' },
  { how: 'rebinds', changes: {}, ciaddr: '10.99.0.150' },
])(
  'an address that a known machine $how at the other server is its own, for twelve hours',
  async ({ changes, ciaddr }) => {
    await request(1, changes, ciaddr);
    expect(holder()).toBe(macOf(1));
    world.nowMs += 12 * HOUR_MS - 1;
    expect(holder()).toBe(macOf(1));
    world.nowMs += 1;
    expect(holder()).toBeUndefined();
  },
);

it('is nobody’s any more when a stranger takes it', async () => {
  await request(1);
  await request(9);
  expect(holder()).toBeUndefined();
});

it('is the machine’s that took it last', async () => {
  await world.store.dhcp.commitLease({ ...leaseWrite(9, '10.99.0.150'), expiresAtMs: world.nowMs + HOUR_MS });
  await request(1);
  expect(holder()).toBe(macOf(1));
});

it.each([
  { what: 'is of another network', changes: { 50: '0a010096', 54: OTHER } },
  { what: 'is the broadcast address', changes: { 50: '0a6300ff', 54: OTHER } },
  { what: 'is not named', changes: { 54: OTHER } },
])('an address that $what is not kept', async ({ changes }) => {
  await request(1, changes);
  expect(await world.services.leases.list(LOCAL)).toEqual([]);
});

it('an address that a record holds stays the record’s', async () => {
  const reserved = { 50: '0a63000b', 54: OTHER };
  await request(9, reserved);
  expect(world.store.dhcp.findHolder(ip('10.99.0.11'), world.nowMs)).toMatchObject({
    label: 'system web001',
  });
});

it.each([
  { mode: 'shared', expected: macOf(1) },
  { mode: 'authoritative', expected: undefined },
])('a choice of another server on a subnet that is $mode', async ({ mode, expected }) => {
  await setMode(mode);
  await request(1);
  expect(holder()).toBe(expected);
});
