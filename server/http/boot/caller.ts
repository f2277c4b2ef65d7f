import { type Ipv4, parseIpv4 } from '../../../src/domain/network/ipv4.ts';
import type { Caller } from '../../../src/services/boot/boot.ts';
import type { BootRequest } from './answer.ts';

/** How machines reach the boot listener. */
export interface BootEntrance {
  /** The port in the URLs that machines are given. */
  readonly httpPort: number;
  /** Proxies in front, whose word on a machine's address is taken. */
  readonly proxies: ReadonlySet<Ipv4>;
}

export interface SeenCaller extends Caller {
  /** The request came by a proxy in front, which may be handed files to send. */
  readonly isByProxy: boolean;
}

/** A proxy in front said something that makes no sense; the answer is a 400, and its log the place to look. */
export class ProxyMistake extends Error {
  override readonly name = 'ProxyMistake';
  readonly statusCode = 400;
}

/**
 * Who asks, and by which address of ours. Tokens are bound to addresses, so what a header says of them counts only
 * when a proxy of the configuration has sent it: the last address of X-Forwarded-For that is no proxy's own, and
 * the proxy's own address in X-Forwarded-Host.
 */
export function callerOf(request: BootRequest, { httpPort, proxies }: BootEntrance): SeenCaller {
  const peer = parseIpv4(request.socket?.remoteAddress ?? '');
  const own = parseIpv4(request.socket?.localAddress ?? '');
  if (peer === undefined || own === undefined)
    throw new Error('a booting machine came by something else than IPv4');
  const direct = { address: peer, server: { address: own, httpPort }, isByProxy: false };
  return proxies.has(peer) ? forwarded(request, direct, proxies) : direct;
}

function forwarded({ headers }: BootRequest, direct: SeenCaller, proxies: ReadonlySet<Ipv4>): SeenCaller {
  const chain = headers['x-forwarded-for'];
  // The proxy asks on its own behalf, whether we are there.
  if (chain === undefined) return direct;
  const said = String(chain)
    .split(',')
    .map((text) => text.trim());
  const last = said.findLast((text) => {
    const address = parseIpv4(text);
    return address === undefined || !proxies.has(address);
  });
  const address = parseIpv4(last ?? '');
  if (address === undefined)
    throw new ProxyMistake('the proxy names no IPv4 address of the machine in X-Forwarded-For');
  const host = headers['x-forwarded-host'];
  const own = host === undefined ? direct.server.address : parseIpv4(String(host).replace(/:\d+$/, ''));
  if (own === undefined)
    throw new ProxyMistake('the proxy gives no IPv4 address of its own in X-Forwarded-Host');
  return { address, server: { ...direct.server, address: own }, isByProxy: true };
}
