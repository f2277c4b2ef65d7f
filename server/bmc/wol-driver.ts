import { createSocket } from 'node:dgram';
import { setTimeout as wait } from 'node:timers/promises';
import { formatIpv4, type Ipv4, type Ipv4Network, parseIpv4 } from '../../src/domain/network/ipv4.ts';
import { parseMac } from '../../src/domain/network/mac.ts';
import type { BmcDriver, BmcTarget } from '../../src/domain/power/bmc-driver.ts';
import { BmcError } from '../../src/domain/power/bmc-error.ts';
import { chooseBroadcasts, encodeMagicPacket, type OwnAddress } from './magic-packet.ts';
import { partialSession } from './partial-session.ts';

/** "Discard", the usual port; the card looks at the bytes only. */
const WOL_PORT = 9;
/** Nothing confirms a magic packet, so it goes out more than once. */
const TIMES = 3;
const GAP_MS = 100;

export interface WolOptions {
  /** Addresses of this server, now. */
  ownAddresses(): readonly OwnAddress[];
  /** Networks of the declared subnets, now. */
  networks(): Promise<readonly Ipv4Network[]>;
}

/** The driver `wol`: can switch on, and nothing else. A password of SecureOn is not sent. */
export function createWolDriver(options: WolOptions): BmcDriver {
  return {
    name: 'wol',
    withSession: (target, work, { signal }) =>
      work(
        partialSession('Wake-on-LAN', {
          power: async (action) => {
            if (action === 'on') return wake(target, options, signal);
            throw new BmcError('unsupported', `Wake-on-LAN can only switch machines on, not ${action}`);
          },
        }),
      ),
  };
}

async function wake(target: BmcTarget, options: WolOptions, signal: AbortSignal): Promise<void> {
  const macs = target.macs.map(parseMac).filter((mac) => mac !== undefined);
  if (macs.length === 0) {
    throw new BmcError(
      'unsupported',
      `no interface of it has a MAC on record, which Wake-on-LAN goes by: provision system edit ${target.system} --mac …`,
    );
  }
  const address = parseIpv4(target.address);
  const to = chooseBroadcasts(address, options.ownAddresses(), await options.networks());
  if (to.length === 0) throw new BmcError('unreachable', 'this server has no network to broadcast on');
  const packets = macs.map(encodeMagicPacket);
  for (let time = 0; time < TIMES; time += 1) {
    if (time > 0) await wait(GAP_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) throw new BmcError('timeout', 'was given up before every magic packet was sent');
    await broadcast(packets, to, target.port ?? WOL_PORT);
  }
}

/** Sends all packets everywhere; throws `unreachable` only where not one could be sent. */
async function broadcast(packets: readonly Buffer[], to: readonly Ipv4[], port: number): Promise<void> {
  const socket = createSocket('udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(0, resolve);
    });
    socket.setBroadcast(true);
    const sends = to.flatMap((ip) => packets.map((packet) => sendTo(socket, packet, port, formatIpv4(ip))));
    const failed = (await Promise.all(sends)).filter((code) => code !== undefined);
    if (failed.length === sends.length)
      throw new BmcError('unreachable', `no magic packet could be sent (${failed[0]})`);
  } finally {
    socket.close();
  }
}

/** The code of the error; undefined where it was sent. */
function sendTo(
  socket: ReturnType<typeof createSocket>,
  packet: Buffer,
  port: number,
  ip: string,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    socket.send(packet, port, ip, (error) =>
      resolve(error === null ? undefined : ((error as { code?: string }).code ?? 'unknown')),
    );
  });
}
