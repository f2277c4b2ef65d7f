import type { BmcFailure } from '../domain/power/bmc-error.ts';
import { MalformedMessage, needBytes } from './malformed.ts';
import { type IpmiRequest, NET_FN } from './message.ts';
import { AUTH_TYPE, type AuthType } from './old-packet.ts';
import { PRIVILEGE, type Privilege } from './open-session.ts';

const CHALLENGE_BYTES = 16;
const USER_BYTES = 16;

/** Get Session Challenge (IPMI 2.0 §22.16), for MD5. */
export function getSessionChallenge(user: Buffer): IpmiRequest {
  return {
    name: 'Get Session Challenge',
    netFn: NET_FN.app,
    command: 0x39,
    data: Buffer.concat([Buffer.from([AUTH_TYPE.md5]), user], 1 + USER_BYTES),
  };
}

export interface SessionChallenge {
  /** Of the session until it is active. */
  readonly temporaryId: number;
  readonly challenge: Buffer;
}

/** Reads its answer. Throws MalformedMessage. */
export function decodeSessionChallenge(data: Buffer): SessionChallenge {
  needBytes(data, 4 + CHALLENGE_BYTES, 'Get Session Challenge');
  return { temporaryId: data.readUInt32LE(0), challenge: data.subarray(4, 4 + CHALLENGE_BYTES) };
}

/** Activate Session (IPMI 2.0 §22.17). `firstSequence` (not 0) is the number of the BMC's first packet. */
export function activateSession(privilege: Privilege, challenge: Buffer, firstSequence: number): IpmiRequest {
  const numbers = Buffer.allocUnsafe(4);
  numbers.writeUInt32LE(firstSequence);
  const head = Buffer.from([AUTH_TYPE.md5, PRIVILEGE[privilege]]);
  return {
    name: 'Activate Session',
    netFn: NET_FN.app,
    command: 0x3a,
    data: Buffer.concat([head, challenge, numbers]),
  };
}

export interface ActivatedSession {
  readonly authType: AuthType;
  readonly sessionId: number;
  /** Number of our first packet. */
  readonly firstSequence: number;
}

/** Reads its answer. Throws MalformedMessage. */
export function decodeActivatedSession(data: Buffer): ActivatedSession {
  needBytes(data, 10, 'Activate Session');
  const authType = Object.values(AUTH_TYPE).find((known) => known === (data.readUInt8(0) & 0x0f));
  if (authType === undefined)
    throw new MalformedMessage('Activate Session: neither no authentication nor MD5');
  return { authType, sessionId: data.readUInt32LE(1), firstSequence: data.readUInt32LE(5) };
}

/** Completion codes that only these two commands have (IPMI 2.0 §22.16, §22.17); others are the usual ones. */
export const OLD_LOGIN_CODES: Readonly<Record<string, Readonly<Record<number, BmcFailure>>>> = {
  'Get Session Challenge': { 129: 'wrong-credentials', 130: 'wrong-credentials' },
  'Activate Session': {
    129: 'out-of-sessions',
    130: 'out-of-sessions',
    131: 'out-of-sessions',
    133: 'wrong-credentials',
    134: 'privilege',
  },
};
