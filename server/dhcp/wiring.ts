import type { Logger } from 'pino';
import { PORT } from '../../src/dhcp/codes.ts';
import type { Destination } from '../../src/dhcp/destination.ts';
import type { DhcpPacketService } from '../../src/services/dhcp.ts';
import { type HandedInSocket, parseListenFds } from '../net/handed-in-sockets.ts';
import type { ReplyDestination } from './reply.ts';
import type { DhcpHandle } from './serve.ts';

/** The packet service as a listener calls it. */
export function dhcpHandle(service: DhcpPacketService): DhcpHandle {
  return async (bytes, reception) => {
    const { interfaceName, serverAddresses, port, source } = reception;
    const from = port === PORT.bootServer ? { bootServerClient: source } : {};
    const answer = await service.handle(bytes, { interfaceName, serverAddresses, ...from });
    if (answer === undefined) return undefined;
    return { bytes: answer.bytes, destination: toWire(answer.destination) };
  };
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

/** Sockets that the service manager has opened for us; none where it has not, or says so wrongly. */
export function handedInSockets(log: Logger): readonly HandedInSocket[] {
  const parsed = parseListenFds(process.env, process.pid);
  if (parsed.ok) return parsed.sockets;
  log.warn({ reason: parsed.reason }, 'sockets handed in by the service manager are not used');
  return [];
}
