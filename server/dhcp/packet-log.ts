import type { Logger } from 'pino';
import { decodePacket } from '../../src/dhcp/packet.ts';
import { MalformedPacket } from '../../src/dhcp/packet-errors.ts';
import { formatPacket } from '../../src/dhcp/summary.ts';
import type { Reply } from './reply.ts';
import type { DhcpHandle, Reception } from './serve.ts';

/**
 * At level `debug`, tells every packet and what became of it in words; what is no packet, in hex. At other levels it
 * costs nothing.
 */
export function logPackets(handle: DhcpHandle, log: Pick<Logger, 'isLevelEnabled' | 'debug'>): DhcpHandle {
  return (bytes, reception) =>
    log.isLevelEnabled('debug') ? handleAloud(handle, log, bytes, reception) : handle(bytes, reception);
}

async function handleAloud(
  handle: DhcpHandle,
  log: Pick<Logger, 'debug'>,
  bytes: Buffer,
  reception: Reception,
): Promise<Reply | undefined> {
  const place = { interface: reception.interfaceName, port: reception.port };
  try {
    const reply = await handle(bytes, reception);
    const request = formatPacket(decodePacket(bytes));
    if (reply === undefined) log.debug({ ...place, request }, 'DHCP packet passed over');
    else {
      const { destination } = reply;
      const answer = formatPacket(decodePacket(reply.bytes));
      log.debug({ ...place, request, reply: answer, destination }, 'DHCP packet answered');
    }
    return reply;
  } catch (error) {
    if (error instanceof MalformedPacket)
      log.debug({ ...place, reason: error.message, bytes: bytes.toString('hex') }, 'no DHCP packet');
    throw error;
  }
}
