import { answers, decodeResponse, encodeRequest, type IpmiRequest, type IpmiResponse } from './message.ts';
import { PAYLOAD } from './plus-packet.ts';
import { acceptSequence, NO_SEQUENCE, type SequenceWindow } from './sequence-window.ts';

/** So many random bytes. */
export type RandomBytes = (count: number) => Buffer;

/** What came out of a packet of a session. */
export interface OpenedPacket {
  readonly payloadType: number;
  readonly sequence: number;
  readonly payload: Buffer;
}

/** How the packets of a session are wrapped: by the keys of IPMI 2.0, or as in IPMI 1.5. */
export interface SessionWrapping {
  /** Session ID of the BMC, as Close Session wants it. */
  readonly bmcId: number;
  readonly firstSequence: number;
  seal(payloadType: number, sequence: number, payload: Buffer, random: RandomBytes): Buffer;
  /** What is in a datagram; a text that says why where it is not for this session. Throws MalformedMessage. */
  open(datagram: Buffer): OpenedPacket | string;
}

/** A session that is open, between two packets. */
export interface SessionState {
  readonly wrapping: SessionWrapping;
  /** Sequence number of the next packet that we send. */
  readonly nextSequence: number;
  readonly window: SequenceWindow;
  /** 0–63: sequence number of the last request (rqSeq). */
  readonly requestSequence: number;
  /** The request that waits for its answer. */
  readonly pending: IpmiRequest | undefined;
}

export interface Sent {
  readonly state: SessionState;
  readonly bytes: Buffer;
}

export type Taken =
  | { readonly state: SessionState; readonly response: IpmiResponse }
  /** SOL, or another payload that is no IPMI message. */
  | { readonly state: SessionState; readonly payload: OpenedPacket }
  /** Not for us, or seen before; `reason` says which. */
  | { readonly state: SessionState; readonly reason: string };

/** The state of a session that was just opened. */
export function newSession(wrapping: SessionWrapping): SessionState {
  return {
    wrapping,
    nextSequence: wrapping.firstSequence,
    window: NO_SEQUENCE,
    requestSequence: 0,
    pending: undefined,
  };
}

/** Asks the BMC something; a request that still waits for its answer is given up. */
export function ask(state: SessionState, request: IpmiRequest, random: RandomBytes): Sent {
  return sendRequest(
    { ...state, pending: request, requestSequence: (state.requestSequence + 1) & 0x3f },
    random,
  );
}

/**
 * Asks the same again. The request keeps its sequence number, by which the BMC knows it again (IPMI 2.0 §6.12.8); the
 * packet gets a new one, or the BMC would take it for a replay and say nothing.
 */
export function askAgain(state: SessionState, random: RandomBytes): Sent | undefined {
  return state.pending === undefined ? undefined : sendRequest(state, random);
}

function sendRequest(state: SessionState, random: RandomBytes): Sent {
  const { pending, requestSequence } = state;
  if (pending === undefined) throw new Error('no request is pending');
  return sendPayload(state, PAYLOAD.ipmi, encodeRequest(pending, requestSequence), random);
}

/** Sends a payload of any type in the session. */
export function sendPayload(
  state: SessionState,
  payloadType: number,
  payload: Buffer,
  random: RandomBytes,
): Sent {
  const { wrapping, nextSequence } = state;
  const bytes = wrapping.seal(payloadType, nextSequence, payload, random);
  // 0 is for packets outside of a session.
  return { state: { ...state, nextSequence: (nextSequence + 1) >>> 0 || 1 }, bytes };
}

/** What a datagram of the BMC is to this session. Throws MalformedMessage; the state stays as it was then. */
export function take(state: SessionState, datagram: Buffer): Taken {
  const opened = state.wrapping.open(datagram);
  if (typeof opened === 'string') return { state, reason: opened };
  const window = acceptSequence(state.window, opened.sequence);
  if (window === undefined) return { state, reason: `packet ${opened.sequence} again, or too late` };
  if (opened.payloadType !== PAYLOAD.ipmi) return { state: { ...state, window }, payload: opened };
  const { pending, requestSequence } = state;
  const response = decodeResponse(opened.payload);
  if (pending === undefined || !answers(response, pending, requestSequence))
    return { state: { ...state, window }, reason: 'answer to another request' };
  return { state: { ...state, window, pending: undefined }, response };
}
