import { encodeNetascii } from '../../src/tftp/netascii.ts';
import type { TftpOption } from '../../src/tftp/packet.ts';
import { decodePacket, MalformedTftp, TFTP_ERROR } from '../../src/tftp/packet.ts';
import { logicalName } from '../../src/tftp/path.ts';
import type { TftpRefusal } from './events.ts';

/** A datagram to the TFTP port, judged: something to serve, something to refuse aloud, or something to pass over. */
export type JudgedRequest =
  | {
      readonly verdict: 'serve';
      readonly name: string;
      readonly mode: TftpMode;
      readonly options: readonly TftpOption[];
    }
  | ({ readonly verdict: 'refuse'; readonly name: string } & Refusal)
  | { readonly verdict: 'ignore'; readonly detail: string };

export type TftpMode = 'octet' | 'netascii';

/** A refusal for the timeline, and the ERROR packet that tells the client. */
export interface Refusal {
  readonly reason: TftpRefusal;
  readonly errorCode: number;
  readonly detail: string;
}

const OPCODE_RRQ = 1;
const OPCODE_WRQ = 2;

/** Judges one datagram; malformed bytes end here. */
export function judgeRequest(bytes: Buffer): JudgedRequest {
  try {
    return judgeDecoded(bytes);
  } catch (error) {
    if (!(error instanceof MalformedTftp)) throw error;
    const opcode = bytes.length < 2 ? 0 : bytes.readUInt16BE(0);
    // Only what meant to be a request is answered: two servers that answer each other's rubbish never stop.
    if (opcode !== OPCODE_RRQ && opcode !== OPCODE_WRQ) return { verdict: 'ignore', detail: error.message };
    return refuse('', 'malformed', TFTP_ERROR.illegalOperation, error.message);
  }
}

function judgeDecoded(bytes: Buffer): JudgedRequest {
  const packet = decodePacket(bytes);
  if (packet.type === 'wrq')
    return refuse(packet.name, 'write', TFTP_ERROR.accessViolation, 'this server takes no files');
  if (packet.type !== 'rrq') return { verdict: 'ignore', detail: `${packet.type} is no request` };
  const mode = packet.mode.toLowerCase();
  if (mode !== 'octet' && mode !== 'netascii')
    return refuse(packet.name, 'mode', TFTP_ERROR.illegalOperation, 'ask in octet mode');
  const logical = logicalName(packet.name);
  if (logical.ok) return { verdict: 'serve', name: logical.name, mode, options: packet.options };
  // F32: shim asks for names that are garbage, and goes on when it hears "not found" at once.
  const code = logical.reason === 'traversal' ? TFTP_ERROR.accessViolation : TFTP_ERROR.fileNotFound;
  return refuse(packet.name, `name-${logical.reason}`, code, `no such file: ${logical.reason}`);
}

function refuse(name: string, reason: TftpRefusal, errorCode: number, detail: string): JudgedRequest {
  return { verdict: 'refuse', name, reason, errorCode, detail };
}

/** Largest files to send, in bytes. */
export interface TftpFileLimits {
  readonly fileBytes: number;
  /** In netascii the whole file is rewritten first: for texts, not for kernels. */
  readonly netasciiBytes: number;
}

/** What goes on the wire for a file in a mode, or why nothing does. */
export function bytesToSend(file: Buffer, mode: TftpMode, limits: TftpFileLimits): Buffer | Refusal {
  if (file.length > limits.fileBytes)
    return tooLarge(`file of ${file.length} bytes is too large for TFTP (${limits.fileBytes}): use HTTP`);
  if (mode === 'octet') return file;
  if (file.length > limits.netasciiBytes)
    return tooLarge(`file of ${file.length} bytes is too large for netascii: ask in octet mode`);
  return encodeNetascii(file);
}

function tooLarge(detail: string): Refusal {
  return { reason: 'too-large', errorCode: TFTP_ERROR.notDefined, detail };
}
