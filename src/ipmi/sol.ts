import { needBytes } from './malformed.ts';
import { type IpmiRequest, NET_FN } from './message.ts';
import { PAYLOAD } from './plus-packet.ts';

const INSTANCE = 1;
/** Activate Payload, auxiliary data (IPMI 2.0 §24.1): encrypted and authenticated; serial alerts fail meanwhile. */
const ENCRYPTED_AND_SIGNED = 0xc0;

/** Activate Payload (IPMI 2.0 §24.1) for SOL. */
export const ACTIVATE_SOL: IpmiRequest = {
  name: 'Activate Payload (SOL)',
  netFn: NET_FN.app,
  command: 0x48,
  data: Buffer.from([PAYLOAD.sol, INSTANCE, ENCRYPTED_AND_SIGNED, 0, 0, 0]),
  operator: true,
};

/** Deactivate Payload (IPMI 2.0 §24.2) for SOL: whoever has it loses it. */
export const DEACTIVATE_SOL: IpmiRequest = {
  name: 'Deactivate Payload (SOL)',
  netFn: NET_FN.app,
  command: 0x49,
  data: Buffer.from([PAYLOAD.sol, INSTANCE, 0, 0, 0, 0]),
  operator: true,
};

/** Completion codes of Activate Payload (IPMI 2.0 §24.1) that are no general ones. */
export const SOL_ALREADY_ACTIVE = 0x80;
export const SOL_DISABLED = 0x81;
export const SOL_LIMIT = 0x82;

/** Get Payload Instance Info (IPMI 2.0 §24.5): whose SOL it is. */
export const GET_SOL_INSTANCE: IpmiRequest = {
  name: 'Get Payload Instance Info',
  netFn: NET_FN.app,
  command: 0x4b,
  data: Buffer.from([PAYLOAD.sol, INSTANCE]),
};

/** Reads its answer: the session that has it; 0 where nobody has. Throws MalformedMessage. */
export function decodeSolInstance(data: Buffer): { readonly sessionId: number } {
  needBytes(data, 4, 'Get Payload Instance Info');
  return { sessionId: data.readUInt32LE(0) };
}

const SOL_HEAD_BYTES = 4;
/** What every BMC takes; where it says more or nonsense, no more is sent. */
const CHARACTERS_MAX = 200;
const CHARACTERS_MIN = 1;

/**
 * Reads the answer of Activate Payload: how many characters one packet to the BMC may carry. The UDP port in it is not
 * looked at, since many BMCs write it with its bytes swapped and all take SOL where they take everything else.
 */
export function decodeActivatedSol(data: Buffer): { readonly charactersMax: number } {
  needBytes(data, 8, 'Activate Payload');
  const room = data.readUInt16LE(4) - SOL_HEAD_BYTES;
  return { charactersMax: Math.max(CHARACTERS_MIN, Math.min(room, CHARACTERS_MAX)) };
}

/** A SOL packet to the BMC (IPMI 2.0 §15.9). */
export interface SolToBmc {
  /** 1–15; 0 carries no characters and asks for no ACK. */
  readonly sequence: number;
  /** The packet that this acknowledges; 0: none. */
  readonly ackedSequence: number;
  /** How many of its characters were taken. */
  readonly accepted: number;
  readonly sendBreak: boolean;
  readonly characters: Buffer;
}

const BREAK = 0x10;

export function encodeSol({ sequence, ackedSequence, accepted, sendBreak, characters }: SolToBmc): Buffer {
  const head = Buffer.from([sequence, ackedSequence, accepted, sendBreak ? BREAK : 0]);
  return Buffer.concat([head, characters]);
}

/** A SOL packet of the BMC (IPMI 2.0 §15.9). */
export interface SolFromBmc {
  readonly sequence: number;
  readonly ackedSequence: number;
  readonly accepted: number;
  /** Not all was taken. */
  readonly nack: boolean;
  /** Nothing can be sent to the machine now: it is off, or its port is not ready. */
  readonly unavailable: boolean;
  /** SOL is over: switched off, or taken by somebody else. */
  readonly deactivated: boolean;
  /** The BMC has lost characters of the machine. */
  readonly overrun: boolean;
  readonly breakDetected: boolean;
  readonly characters: Buffer;
}

/** Throws MalformedMessage. */
export function decodeSol(payload: Buffer): SolFromBmc {
  needBytes(payload, SOL_HEAD_BYTES, 'SOL packet');
  const status = payload.readUInt8(3);
  return {
    sequence: payload.readUInt8(0) & 0x0f,
    ackedSequence: payload.readUInt8(1) & 0x0f,
    accepted: payload.readUInt8(2),
    nack: (status & 0x40) !== 0,
    unavailable: (status & 0x20) !== 0,
    deactivated: (status & 0x10) !== 0,
    overrun: (status & 0x08) !== 0,
    breakDetected: (status & 0x04) !== 0,
    characters: payload.subarray(SOL_HEAD_BYTES),
  };
}
