import { expect, it } from 'vitest';
import { describeClient } from '../../../src/dhcp/client.ts';
import { decodePacket } from '../../../src/dhcp/packet.ts';
import { parseNetwork } from '../../../src/domain/network/ipv4.ts';
import { createStrangers } from '../../../src/services/dhcp/strangers.ts';
import { readPacketFixture } from '../../support/dhcp-packets.ts';
import { RECEPTION } from '../../support/dhcp-world.ts';
import { must } from '../../support/must.ts';

const rom = describeClient(decodePacket(readPacketFixture('f02-ovmf-pxe-discover')), RECEPTION);
const mac = must(rom.mac, 'a MAC');
const LAB = must(parseNetwork('10.99.0.0/24'), 'a network');
const OTHER = must(parseNetwork('10.98.0.0/24'), 'a network');
const blank = { decision: {}, target: {}, serverId: 0 };
const exchange = (change: object, more: object = {}) =>
  ({ ...blank, client: { ...rom, ...change }, machine: undefined, ...more }) as never;

it('remembers who netboots without a record, on which network, when and how often', () => {
  let nowMs = 1_000;
  const strangers = createStrangers(() => nowMs);
  strangers.notice(exchange({}));
  nowMs = 61_000;
  strangers.notice(exchange({}));
  const known = {
    mac,
    firmware: 'x64-uefi (7)',
    count: 2,
    firstSeenAt: '1970-01-01T00:00:01.000Z',
    lastSeenAt: '1970-01-01T00:01:01.000Z',
  };
  expect(strangers.list([LAB])).toEqual([known]);
  expect(strangers.find(mac)).toEqual(known);
  expect(strangers.list([OTHER])).toEqual([]);
});

it('not machines with a record, operating systems, or what is no DISCOVER', () => {
  const strangers = createStrangers(() => 0);
  strangers.notice(exchange({}, { machine: {} }));
  strangers.notice(exchange({ isPxe: false }));
  strangers.notice(exchange({ messageType: 'request' }));
  expect(strangers.list([LAB])).toEqual([]);
});

it('of those who make up MACs the newest, and no more than a few hundred', () => {
  const strangers = createStrangers(() => 0);
  for (let count = 0; count < 2_000; count++) strangers.notice(exchange({ mac: `02:00:00:00:00:${count}` }));
  const all = strangers.list([LAB]);
  expect([all.length, all[0]?.mac]).toEqual([512, '02:00:00:00:00:1999']);
});
