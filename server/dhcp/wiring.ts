import type { Logger } from 'pino';
import { PORT } from '../../src/dhcp/codes.ts';
import type { Destination } from '../../src/dhcp/destination.ts';
import { type Mac, macFromBytes, macToBytes } from '../../src/domain/network/mac.ts';
import type { DhcpAnswer, DhcpPacketService } from '../../src/services/dhcp/dhcp.ts';
import { type HandedInSocket, parseListenFds } from '../net/handed-in-sockets.ts';
import type { Reply, ReplyDestination } from './reply.ts';
import type { DhcpHandle } from './serve.ts';

/**
 * The packet service as a listener calls it. What the service asks itself, as the client `probeMac`, is not answered:
 * it may come back by another interface, or by a relay.
 */
export function dhcpHandle(service: DhcpPacketService, probeMac?: Mac): DhcpHandle {
  const probe = probeMac === undefined ? undefined : macToBytes(probeMac);
  return (bytes, reception) => {
    if (probe?.equals(bytes.subarray(CHADDR_AT, CHADDR_AT + MAC_BYTES))) return undefined;
    const { interfaceName, serverAddresses, port, source } = reception;
    const from = port === PORT.bootServer ? { bootServerClient: source } : {};
    const answer = service.handle(bytes, { interfaceName, serverAddresses, ...from });
    return answer instanceof Promise ? answer.then(toReply) : toReply(answer);
  };
}

/** RFC 2131 §2 figure 1. */
const CHADDR_AT = 28;
const MAC_BYTES = 6;

function toReply(answer: DhcpAnswer | undefined): Reply | undefined {
  return answer && { bytes: answer.bytes, destination: toWire(answer.destination) };
}

function toWire(destination: Destination): ReplyDestination {
  switch (destination.kind) {
    case 'relay':
    case 'unicast':
      return { kind: 'unicast', address: destination.ip, port: destination.port };
    case 'broadcast':
    case 'unicast-before-arp':
      return destination;
  }
}

/** A locally administered address that belongs to no card, IEEE 802-2014 §8.2.2. */
export function makeProbeMac(randomBytes: (length: number) => Buffer): Mac {
  return macFromBytes(Buffer.concat([Buffer.of(0x02), randomBytes(5)]));
}

/** Sockets that the service manager has opened for us; none where it has not, or says so wrongly. */
export function handedInSockets(log: Logger): readonly HandedInSocket[] {
  const parsed = parseListenFds(process.env, process.pid);
  if (parsed.ok) return parsed.sockets;
  log.warn({ reason: parsed.reason }, 'sockets handed in by the service manager are not used');
  return [];
}
