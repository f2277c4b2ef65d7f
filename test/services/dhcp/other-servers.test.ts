import { beforeEach, describe, expect, it } from 'vitest';
import type { NewBootEvent } from '../../../src/domain/boot/boot-event.ts';
import type { DhcpMode } from '../../../src/domain/network/dhcp-mode.ts';
import { type Subnet, subnetInput } from '../../../src/domain/network/subnet.ts';
import { createOtherServers, type OtherServers } from '../../../src/services/dhcp/other-servers.ts';
import { ip } from '../../support/dhcp-packets.ts';
import { NOW_MS } from '../../support/store-records.ts';

const HOUR_MS = 3_600_000;

let mode: DhcpMode;
let nowMs: number;
let events: NewBootEvent[];
let servers: OtherServers;
const LAB = subnetInput.parse({ name: 'lab', network: '10.99.0.0/24' });
const subnet = (): Subnet => ({
  ...LAB,
  dhcp: mode,
  id: 1,
  revision: 1,
  createdAt: '',
  updatedAt: '',
});
const notice = (address: string, noticedBy: 'offer' | 'request' = 'offer', name = 'lab') =>
  servers.notice({ serverId: ip(address), subnet: name, interfaceName: 'lan0', noticedBy });

beforeEach(() => {
  mode = 'authoritative';
  nowMs = NOW_MS;
  events = [];
  servers = createOtherServers({
    subnets: () => [subnet()],
    ownAddresses: () => [ip('10.99.0.1'), ip('10.99.0.2')],
    now: () => nowMs,
    onEvent: (event) => events.push(event),
  });
});

describe('another DHCP server', () => {
  it.each([
    { noticedBy: 'offer', how: 'it offers addresses' },
    { noticedBy: 'request', how: 'a machine chose it' },
  ] as const)('noticed by $noticedBy is a warning and one event', ({ noticedBy, how }) => {
    notice('10.99.0.9', noticedBy);
    nowMs += HOUR_MS;
    notice('10.99.0.9', noticedBy);
    expect(servers.warnings()).toEqual([
      `10.99.0.9 is another DHCP server on subnet lab (lan0): ${how}; turn it off, or tell: provision subnet edit lab --dhcp shared (or proxy)`,
    ]);
    expect(servers.list()).toEqual([
      {
        address: '10.99.0.9',
        subnet: 'lab',
        interface: 'lan0',
        expected: false,
        noticedBy,
        firstSeenAt: '2026-11-22T09:00:00.000Z',
        lastSeenAt: '2026-11-22T10:00:00.000Z',
      },
    ]);
    expect(events).toMatchObject([{ stage: 'other-dhcp-server', outcome: 'warning', systemId: null }]);
  });

  it('is forgotten after three questions without an answer, and told again when it is back', () => {
    notice('10.99.0.9');
    nowMs += 3 * HOUR_MS;
    expect(servers.list()).toHaveLength(1);
    nowMs += HOUR_MS;
    expect([servers.list(), servers.warnings()]).toEqual([[], []]);
    notice('10.99.0.9');
    expect(events).toHaveLength(2);
  });

  it.each(['shared', 'proxy'] as const)('is expected on a subnet that is %s', (shared) => {
    mode = shared;
    notice('10.99.0.9');
    expect(servers.list()).toMatchObject([{ expected: true }]);
    expect(servers.warnings()).toEqual([]);
    expect(events).toMatchObject([{ outcome: 'ok' }]);
  });

  it('is nobody’s concern on a subnet that is off, or gone', () => {
    notice('10.99.0.9');
    notice('10.99.0.9', 'offer', 'gone');
    mode = 'off';
    expect([servers.list(), servers.warnings()]).toEqual([[], []]);
  });

  it('is not one of our own addresses', () => {
    notice('10.99.0.2');
    expect([servers.list(), events]).toEqual([[], []]);
  });

  it('fills neither memory nor log when somebody makes up thousands', () => {
    for (let n = 0; n < 1000; n += 1) notice(`10.99.${n >> 8}.${n & 255}`, 'request');
    expect([servers.list().length, events.length]).toEqual([32, 32]);
  });
});

describe('a subnet whose addresses another server gives', () => {
  it('warns when nobody answers there, until somebody does', () => {
    mode = 'proxy';
    servers.noteAnswered('lab', false);
    expect(servers.warnings()).toEqual([expect.stringContaining('none answers there')]);
    servers.noteAnswered('lab', true);
    expect(servers.warnings()).toEqual([]);
  });

  it('is another matter where this service gives them', () => {
    servers.noteAnswered('lab', false);
    expect(servers.warnings()).toEqual([]);
  });
});
