import { describe, expect, test } from 'vitest';
import { chooseDestination } from '../../src/dhcp/destination.ts';
import { NO_ADDRESS } from '../../src/domain/network/ipv4.ts';
import { ip, packetOf } from '../support/dhcp-packets.ts';

const RELAY = ip('10.20.0.1');
const CLIENT = ip('10.99.0.150');
const relayed = { kind: 'relay', ip: RELAY, port: 67 };
const broadcast = { kind: 'broadcast', port: 68 };
const unicast = { kind: 'unicast', ip: CLIENT, port: 68 };
const beforeArp = { kind: 'unicast-before-arp', ip: CLIENT, mac: '52:54:00:00:00:01', port: 68 };

describe('chooseDestination (RFC 2131 §4.1)', () => {
  test.each([
    { name: 'relayed offer', packet: { giaddr: RELAY }, kind: 'offer', expected: relayed },
    { name: 'relayed NAK', packet: { giaddr: RELAY }, kind: 'nak', expected: relayed },
    {
      name: 'relayed renewal with the broadcast flag',
      packet: { giaddr: RELAY, ciaddr: CLIENT, flags: 0x8000 },
      kind: 'ack',
      expected: relayed,
    },
    { name: 'renewal', packet: { ciaddr: CLIENT }, kind: 'ack', expected: unicast },
    {
      name: 'renewal with the broadcast flag',
      packet: { ciaddr: CLIENT, flags: 0x8000 },
      kind: 'ack',
      expected: unicast,
    },
    { name: 'NAK to a renewal', packet: { ciaddr: CLIENT }, kind: 'nak', expected: broadcast },
    { name: 'NAK', packet: {}, kind: 'nak', expected: broadcast },
    { name: 'inform', packet: { ciaddr: CLIENT }, kind: 'inform-ack', expected: unicast },
    { name: 'offer, broadcast flag', packet: { flags: 0x8000 }, kind: 'offer', expected: broadcast },
    { name: 'offer, reserved flags only', packet: { flags: 0x7fff }, kind: 'offer', expected: beforeArp },
    { name: 'offer', packet: {}, kind: 'offer', expected: beforeArp },
    { name: 'ack', packet: {}, kind: 'ack', expected: beforeArp },
    { name: 'BOOTP', packet: {}, kind: 'bootp-reply', expected: beforeArp },
    { name: 'InfiniBand', packet: { htype: 32, hlen: 0 }, kind: 'offer', expected: broadcast },
    {
      name: 'a group address as chaddr',
      packet: { chaddr: Buffer.alloc(16, 0xff) },
      kind: 'offer',
      expected: broadcast,
    },
  ] as const)('$name', ({ packet, kind, expected }) => {
    const yiaddr = kind === 'nak' || kind === 'inform-ack' ? NO_ADDRESS : CLIENT;
    expect(chooseDestination(packetOf(packet), kind, yiaddr)).toEqual(expected);
  });
});
