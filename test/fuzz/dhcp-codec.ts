import { isDeepStrictEqual } from 'node:util';
import { type DhcpPacket, decodePacket, encodePacket } from '../../src/dhcp/packet.ts';
import { MalformedPacket, UnencodablePacket } from '../../src/dhcp/packet-errors.ts';
import { formatPacket } from '../../src/dhcp/summary.ts';
import { type Failure, failureOf } from './target.ts';

/** Decodes or is malformed; what decodes can be told to people, and says the same when it is written and read again. */
export function checkDhcpCodec(bytes: Buffer): Failure | undefined {
  try {
    const packet = decodeOrNothing(bytes);
    if (packet === undefined) return undefined;
    formatPacket(packet);
    const again = encodeOrNothing(packet);
    if (again === undefined || isDeepStrictEqual(decodePacket(again), packet)) return undefined;
    return { kind: 'codec: another packet after writing', detail: again.toString('hex'), bytes };
  } catch (error) {
    return failureOf('codec', error, bytes);
  }
}

function decodeOrNothing(bytes: Buffer): DhcpPacket | undefined {
  try {
    return decodePacket(bytes);
  } catch (error) {
    if (error instanceof MalformedPacket) return undefined;
    throw error;
  }
}

/** Undefined where the text of a header field fills it to the last byte: read tolerantly, and never written so. */
function encodeOrNothing(packet: DhcpPacket): Buffer | undefined {
  try {
    return encodePacket(packet);
  } catch (error) {
    if (error instanceof UnencodablePacket && error.code === 'text-too-long') return undefined;
    throw error;
  }
}
