import { describe, expect, test } from 'vitest';
import type { DhcpFacts } from '../../src/dhcp/facts.ts';
import { decideReply } from '../../src/dhcp/reply.ts';
import { fromHex, ip, options } from '../support/dhcp-packets.ts';
import { clientOf, factsOf, LOADER, NO_BOOT, NOW_MS, SUBNET } from '../support/dhcp-world.ts';

const RESERVED = { system: 'web001', hostname: 'web001', ip: ip('10.99.0.20') };
const live = (address: string) => ({ ip: ip(address), expiresAtMs: NOW_MS + 1 });
const past = (address: string) => ({ ip: ip(address), expiresAtMs: NOW_MS });

interface Row {
  readonly name: string;
  readonly packet: Parameters<typeof clientOf>[0];
  readonly facts: Partial<DhcpFacts>;
  readonly expected: string;
}

function check({ packet, facts, expected }: Row): void {
  const decision = decideReply(clientOf(packet), factsOf(facts), NO_BOOT, NOW_MS);
  const address = 'address' in decision ? ` ${decision.address - ip('10.99.0.0')}` : '';
  expect(`${decision.kind} ${decision.code}${address}`).toBe(expected);
  expect(decision.reason).not.toBe('');
}

describe('packets that nobody answers', () => {
  const discover = { options: options({ 53: '01' }) };
  const off = { ...SUBNET, mode: 'off' as const };
  const proxy = { ...SUBNET, mode: 'proxy' as const };
  test.each<Row>([
    { name: 'BOOTREPLY', packet: { ...discover, op: 2 }, facts: {}, expected: 'silent not-a-request' },
    {
      name: 'no hardware address',
      packet: { ...discover, chaddr: Buffer.alloc(16) },
      facts: {},
      expected: 'silent no-identity',
    },
    { name: 'no subnet', packet: discover, facts: { subnet: undefined }, expected: 'silent no-subnet' },
    { name: 'subnet off', packet: discover, facts: { subnet: off }, expected: 'silent subnet-off' },
    {
      name: 'subnet off, reserved client',
      packet: discover,
      facts: { subnet: off, reservation: RESERVED },
      expected: 'silent subnet-off',
    },
    ...['01', '03', '04', '07', '08'].map((type) => ({
      name: `subnet where another server gives addresses, message type ${type}`,
      packet: { options: options({ 53: type }) },
      facts: { subnet: proxy, reservation: RESERVED },
      expected: 'silent proxy-subnet',
    })),
    ...['02', '05', '06', '0d'].map((type) => ({
      name: `message type ${type}`,
      packet: { options: options({ 53: type }) },
      facts: {},
      expected: 'silent unsupported-message',
    })),
    {
      name: 'unreadable message type',
      packet: { options: options({ 53: '' }) },
      facts: {},
      expected: 'silent malformed-option',
    },
    {
      name: 'REQUEST with an unreadable address',
      packet: { options: options({ 53: '03', 50: '0a63' }) },
      facts: {},
      expected: 'silent malformed-option',
    },
    {
      name: 'REQUEST with an unreadable server',
      packet: { options: options({ 53: '03', 50: '0a630096', 54: '0a' }) },
      facts: {},
      expected: 'silent malformed-option',
    },
  ])('$name: $expected', check);
});

describe('DISCOVER', () => {
  const packet = { options: options({ 53: '01' }) };
  const candidate = ip('10.99.0.170');
  const elsewhere = { ...RESERVED, ip: ip('10.20.0.20') };
  const nameOnly = { system: 'web001', hostname: 'web001' };
  test.each<Row>([
    { name: 'reserved', packet, facts: { reservation: RESERVED }, expected: 'offer reservation 20' },
    {
      name: 'reserved, with an old dynamic lease and a candidate',
      packet,
      facts: { reservation: RESERVED, lease: live('10.99.0.150'), candidate },
      expected: 'offer reservation 20',
    },
    {
      name: 'reserved, though it asks for another',
      packet: { options: options({ 53: '01', 50: '0a630096' }) },
      facts: { reservation: RESERVED },
      expected: 'offer reservation 20',
    },
    {
      name: 'reserved on another subnet: a dynamic address',
      packet,
      facts: { reservation: elsewhere, candidate },
      expected: 'offer dynamic 170',
    },
    {
      name: 'reserved on another subnet, no range here',
      packet,
      facts: { reservation: elsewhere },
      expected: 'silent no-free-address',
    },
    {
      name: 'system without address',
      packet,
      facts: { reservation: nameOnly, candidate },
      expected: 'offer dynamic 170',
    },
    {
      name: 'live lease',
      packet,
      facts: { lease: live('10.99.0.150'), candidate },
      expected: 'offer lease 150',
    },
    {
      name: 'live lease outside the ranges as they are now',
      packet,
      facts: { lease: live('10.99.0.30'), candidate },
      expected: 'offer dynamic 170',
    },
    {
      name: 'live lease of another subnet',
      packet,
      facts: { lease: live('10.20.0.150'), candidate },
      expected: 'offer dynamic 170',
    },
    {
      name: 'past lease: what chooseAddress made of it',
      packet,
      facts: { lease: past('10.99.0.150'), candidate },
      expected: 'offer dynamic 170',
    },
    {
      name: 'past lease and no candidate',
      packet,
      facts: { lease: past('10.99.0.150') },
      expected: 'silent no-free-address',
    },
    { name: 'unknown', packet, facts: { candidate }, expected: 'offer dynamic 170' },
    {
      name: 'unknown, an unreadable wish does not matter',
      packet: { options: options({ 53: '01', 50: '0a' }) },
      facts: { candidate },
      expected: 'offer dynamic 170',
    },
    { name: 'unknown, no candidate', packet, facts: {}, expected: 'silent no-free-address' },
    {
      name: 'a candidate that is the broadcast address',
      packet,
      facts: { candidate: ip('10.99.0.255') },
      expected: 'silent no-free-address',
    },
  ])('$name: $expected', check);

  test.each([
    [SUBNET.ranges, 'no dynamic address is free in 10.99.0.0/24'],
    [[], '10.99.0.0/24 has no dynamic range'],
  ])('without an address it says whether there are any', (ranges, reason) => {
    const facts = factsOf({ subnet: { ...SUBNET, ranges } });
    expect(decideReply(clientOf(packet), facts, NO_BOOT, NOW_MS)).toMatchObject({ kind: 'silent', reason });
  });

  test('InfiniBand is answered by its client id', () => {
    check({
      name: '',
      packet: { ...packet, htype: 32, hlen: 0, options: options({ 53: '01', 61: 'ff0001' }) },
      facts: { candidate },
      expected: 'offer dynamic 170',
    });
  });
});

describe('DECLINE', () => {
  const packet = { options: options({ 53: '04', 50: '0a630096', 54: '0a630001' }) };
  test.each<Row>([
    {
      name: 'its lease',
      packet,
      facts: { lease: live('10.99.0.150') },
      expected: 'decline declined-lease 150',
    },
    {
      name: 'its reservation',
      packet,
      facts: { reservation: { ...RESERVED, ip: ip('10.99.0.150') }, lease: live('10.99.0.150') },
      expected: 'decline declined-reservation 150',
    },
    { name: 'an address it never had', packet, facts: {}, expected: 'silent not-its-address' },
    {
      name: 'the address of another',
      packet,
      facts: { lease: live('10.99.0.151'), requestedHolder: { label: 'db001' } },
      expected: 'silent not-its-address',
    },
    {
      name: 'to another server',
      packet: { options: options({ 53: '04', 50: '0a630096', 54: '0a630009' }) },
      facts: { lease: live('10.99.0.150') },
      expected: 'silent other-server',
    },
    {
      name: 'to nobody',
      packet: { options: options({ 53: '04', 50: '0a630096' }) },
      facts: { lease: live('10.99.0.150') },
      expected: 'silent other-server',
    },
    {
      name: 'of nothing',
      packet: { options: options({ 53: '04', 54: '0a630001' }) },
      facts: { lease: live('10.99.0.150') },
      expected: 'silent no-address-named',
    },
  ])('$name: $expected', check);
});

describe('RELEASE', () => {
  const packet = { ciaddr: ip('10.99.0.150'), options: options({ 53: '07', 54: '0a630001' }) };
  test.each<Row>([
    { name: 'its lease', packet, facts: { lease: live('10.99.0.150') }, expected: 'release release 150' },
    { name: 'no lease', packet, facts: {}, expected: 'silent not-its-address' },
    {
      name: 'the lease of another',
      packet,
      facts: { lease: live('10.99.0.151') },
      expected: 'silent not-its-address',
    },
    {
      name: 'to another server',
      packet: { ...packet, options: options({ 53: '07', 54: '0a630009' }) },
      facts: { lease: live('10.99.0.150') },
      expected: 'silent other-server',
    },
    {
      name: 'of nothing',
      packet: { options: options({ 53: '07', 54: '0a630001' }) },
      facts: { lease: live('10.99.0.150') },
      expected: 'silent no-address-named',
    },
  ])('$name: $expected', check);
});

describe('INFORM', () => {
  const sent = options({ 53: '08' });
  test.each<Row>([
    {
      name: 'on the link',
      packet: { ciaddr: ip('10.99.0.50'), options: sent },
      facts: {},
      expected: 'inform-ack inform',
    },
    {
      name: 'address of another link, come by a relay',
      packet: { ciaddr: ip('10.20.0.50'), giaddr: ip('10.99.0.9'), options: sent },
      facts: {},
      expected: 'silent wrong-subnet',
    },
    { name: 'no address', packet: { options: sent }, facts: {}, expected: 'silent no-address-named' },
  ])('$name: $expected', check);
});

describe('BOOTP', () => {
  test.each<Row>([
    {
      name: 'reserved',
      packet: {},
      facts: { reservation: RESERVED },
      expected: 'bootp-reply reservation 20',
    },
    {
      name: 'known without address',
      packet: {},
      facts: { reservation: { system: 'web001', hostname: 'web001' }, candidate: ip('10.99.0.170') },
      expected: 'silent bootp-without-reservation',
    },
    {
      name: 'unknown, though a lease and a candidate exist',
      packet: {},
      facts: { lease: live('10.99.0.150'), candidate: ip('10.99.0.170') },
      expected: 'silent bootp-without-reservation',
    },
  ])('$name: $expected', check);
});

test('a decision depends on its arguments only', () => {
  const client = clientOf({
    options: options({ 53: '01', 60: fromHex('505845436c69656e74').toString('hex') }),
  });
  const facts = factsOf({ reservation: RESERVED });
  const decide = () => decideReply(client, facts, LOADER, NOW_MS);
  expect(decide()).toEqual(decide());
  expect(decide()).toMatchObject({ leaseSeconds: 3601, boot: { kind: 'boot' } });
});
