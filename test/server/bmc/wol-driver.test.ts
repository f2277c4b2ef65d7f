import { createSocket, type Socket } from 'node:dgram';
import { afterEach, describe, expect, it } from 'vitest';
import { chooseBroadcasts, encodeMagicPacket } from '../../../server/bmc/magic-packet.ts';
import { createWolDriver, type WolOptions } from '../../../server/bmc/wol-driver.ts';
import {
  formatIpv4,
  type Ipv4,
  type Ipv4Network,
  parseIpv4,
  parseNetwork,
} from '../../../src/domain/network/ipv4.ts';
import type { Mac } from '../../../src/domain/network/mac.ts';
import type { BmcTarget } from '../../../src/domain/power/bmc-driver.ts';
import { must } from '../../support/must.ts';
import { bmcErrorOf, bmcTarget, sessionOf } from '../../support/redfish-sim/redfish-session.ts';

const ip = (text: string): Ipv4 => must(parseIpv4(text), text);
const net = (text: string): Ipv4Network => must(parseNetwork(text), text);
const MAC = '52:54:00:12:34:56' as Mac;

describe('a magic packet', () => {
  it('is six times 0xff and the MAC sixteen times', () => {
    expect(encodeMagicPacket(MAC).toString('hex')).toBe(`ffffffffffff${'525400123456'.repeat(16)}`);
  });

  const own = [
    { address: ip('10.0.0.1'), prefix: 24 },
    { address: ip('10.0.1.1'), prefix: 24 },
    { address: ip('10.9.9.1'), prefix: 31 },
  ];
  const declared = [net('10.5.0.0/16')];
  const rows: [string, string | undefined, readonly string[]][] = [
    ['into the network of ours where the machine lies', '10.0.1.7', ['10.0.1.255']],
    ['into a declared network behind a router', '10.5.3.7', ['10.5.255.255']],
    ['into all networks of ours where it lies nowhere', '192.0.2.1', ['10.0.0.255', '10.0.1.255']],
    ['into all networks of ours where it has no address', undefined, ['10.0.0.255', '10.0.1.255']],
  ];
  it.each(rows)('goes %s', (_name, address, to) => {
    const chosen = chooseBroadcasts(address === undefined ? undefined : ip(address), own, declared);
    expect(chosen.map(formatIpv4)).toEqual(to);
  });
});

describe('the driver wol', () => {
  let listener: Socket | undefined;
  afterEach(() => {
    listener?.close();
    listener = undefined;
  });

  const LOOPBACK: WolOptions = {
    ownAddresses: () => [{ address: ip('127.0.0.1'), prefix: 8 }],
    networks: async () => [],
  };
  const on = (target: Partial<BmcTarget>, options = LOOPBACK) =>
    sessionOf(createWolDriver(options), bmcTarget({ address: '', ...target }), (session) =>
      session.power('on'),
    );

  it('wakes every interface of the machine, three times', async () => {
    const socket = createSocket('udp4');
    listener = socket;
    await new Promise<void>((resolve) => socket.bind(0, '127.255.255.255', resolve));
    const seen: string[] = [];
    const all = new Promise<void>((resolve) => {
      socket.on('message', (message) => {
        seen.push(message.toString('hex'));
        if (seen.length === 6) resolve();
      });
    });
    const macs = [MAC, '52:54:00:00:00:01'];
    await on({ macs, port: socket.address().port });
    await all;
    expect(new Set(seen)).toEqual(new Set(macs.map((mac) => encodeMagicPacket(mac as Mac).toString('hex'))));
  });

  it('needs a MAC, and a network', async () => {
    const noMac = await bmcErrorOf(on({}));
    expect(noMac.message).toContain('no interface of it has a MAC on record');
    const noNetwork = await bmcErrorOf(on({ macs: [MAC] }, { ...LOOPBACK, ownAddresses: () => [] }));
    expect([noNetwork.failure, noNetwork.message]).toEqual([
      'unreachable',
      'this server has no network to broadcast on',
    ]);
  });

  it.each(['off', 'cycle', 'reset', 'soft'] as const)('does not %s', async (action) => {
    const run = sessionOf(createWolDriver(LOOPBACK), bmcTarget(), (session) => session.power(action));
    const error = await bmcErrorOf(run);
    expect([error.failure, error.message]).toEqual([
      'unsupported',
      `Wake-on-LAN can only switch machines on, not ${action}`,
    ]);
  });

  it('knows no status, and says so', async () => {
    const run = sessionOf(createWolDriver(LOOPBACK), bmcTarget(), (session) => session.powerState());
    const error = await bmcErrorOf(run);
    expect([error.failure, error.message]).toEqual([
      'unsupported',
      'Wake-on-LAN cannot tell whether the machine is on',
    ]);
  });
});
