import { needBytes } from './malformed.ts';
import { PRIVILEGE, type Privilege } from './open-session.ts';

const RANDOM_BYTES = 16;
const GUID_BYTES = 16;
/** IPMI 2.0 §13.20: look the user up by name alone, not by name and privilege. */
const NAME_ONLY_LOOKUP = 0x10;

/** ROLEm: the byte of RAKP 1 that keys are made of as well. */
export function roleByte(privilege: Privilege): number {
  return NAME_ONLY_LOOKUP | PRIVILEGE[privilege];
}

export interface Rakp1 {
  readonly tag: number;
  readonly bmcId: number;
  /** 16 random bytes. */
  readonly consoleRandom: Buffer;
  readonly role: number;
  readonly user: Buffer;
}

/** RAKP Message 1 (IPMI 2.0 §13.20). */
export function encodeRakp1({ tag, bmcId, consoleRandom, role, user }: Rakp1): Buffer {
  const bytes = Buffer.alloc(28 + user.length);
  bytes[0] = tag;
  bytes.writeUInt32LE(bmcId, 4);
  consoleRandom.copy(bytes, 8);
  bytes[24] = role;
  bytes[27] = user.length;
  user.copy(bytes, 28);
  return bytes;
}

/** A RAKP message of the BMC that says no. */
export interface RakpRefusal {
  readonly ok: false;
  readonly tag: number;
  readonly status: number;
}

export interface Rakp2 {
  readonly ok: true;
  readonly tag: number;
  readonly consoleId: number;
  readonly bmcRandom: Buffer;
  readonly bmcGuid: Buffer;
  readonly authCode: Buffer;
}

/** RAKP Message 2 (IPMI 2.0 §13.21). Buffers are views. Throws MalformedMessage. */
export function decodeRakp2(bytes: Buffer): Rakp2 | RakpRefusal {
  const refusal = decodeRefusal(bytes, 'RAKP 2');
  if (refusal !== undefined) return refusal;
  needBytes(bytes, 8 + RANDOM_BYTES + GUID_BYTES, 'RAKP 2');
  return {
    ok: true,
    tag: bytes.readUInt8(0),
    consoleId: bytes.readUInt32LE(4),
    bmcRandom: bytes.subarray(8, 24),
    bmcGuid: bytes.subarray(24, 40),
    authCode: bytes.subarray(40),
  };
}

export interface Rakp3 {
  readonly tag: number;
  readonly bmcId: number;
  readonly authCode: Buffer;
}

/** RAKP Message 3 (IPMI 2.0 §13.22), status 0. */
export function encodeRakp3({ tag, bmcId, authCode }: Rakp3): Buffer {
  const bytes = Buffer.alloc(8 + authCode.length);
  bytes[0] = tag;
  bytes.writeUInt32LE(bmcId, 4);
  authCode.copy(bytes, 8);
  return bytes;
}

const INVALID_INTEGRITY_CHECK = 0x0f;

/** RAKP Message 3 that says that RAKP 2 was wrong (IPMI 2.0 §13.22): the BMC forgets the session. */
export function encodeRakp3Refusal(tag: number, bmcId: number): Buffer {
  const bytes = encodeRakp3({ tag, bmcId, authCode: Buffer.alloc(0) });
  bytes[1] = INVALID_INTEGRITY_CHECK;
  return bytes;
}

export interface Rakp4 {
  readonly ok: true;
  readonly tag: number;
  readonly consoleId: number;
  /** Integrity check value. */
  readonly authCode: Buffer;
}

/** RAKP Message 4 (IPMI 2.0 §13.23). `authCode` is a view. Throws MalformedMessage. */
export function decodeRakp4(bytes: Buffer): Rakp4 | RakpRefusal {
  const refusal = decodeRefusal(bytes, 'RAKP 4');
  if (refusal !== undefined) return refusal;
  needBytes(bytes, 8, 'RAKP 4');
  return {
    ok: true,
    tag: bytes.readUInt8(0),
    consoleId: bytes.readUInt32LE(4),
    authCode: bytes.subarray(8),
  };
}

/** Tag and status alone, as some BMCs send nothing more when they refuse; undefined where it is no refusal. */
function decodeRefusal(bytes: Buffer, what: string): RakpRefusal | undefined {
  needBytes(bytes, 2, what);
  const status = bytes.readUInt8(1);
  return status === 0 ? undefined : { ok: false, tag: bytes.readUInt8(0), status };
}
