import { isDeepStrictEqual } from 'node:util';
import {
  decodePacket,
  encodePacket,
  MalformedTftp,
  type TftpPacket,
  UnencodableTftp,
} from '../../src/tftp/packet.ts';
import { type Failure, failureOf } from './target.ts';

/** Decodes or is malformed, and what decodes says the same when it is written and read again. */
export function checkTftpCodec(bytes: Buffer): Failure | undefined {
  try {
    const packet = decodeOrNothing(bytes);
    const again = packet === undefined ? undefined : encodeOrNothing(packet);
    if (again === undefined || isDeepStrictEqual(decodePacket(again), packet)) return undefined;
    return { kind: 'codec: another packet after writing', detail: again.toString('hex'), bytes };
  } catch (error) {
    return failureOf('codec', error, bytes);
  }
}

function decodeOrNothing(bytes: Buffer): TftpPacket | undefined {
  try {
    return decodePacket(bytes);
  } catch (error) {
    if (error instanceof MalformedTftp) return undefined;
    throw error;
  }
}

/** Undefined where a request is longer than any that we would write: read tolerantly. */
function encodeOrNothing(packet: TftpPacket): Buffer | undefined {
  try {
    return encodePacket(packet);
  } catch (error) {
    if (error instanceof UnencodableTftp && error.message.includes('RFC 2347 allows')) return undefined;
    throw error;
  }
}
