import type { Negotiation } from './negotiate.ts';
import { encodePacket } from './packet.ts';
import { addSample, type RoundTrip, waitMs } from './retransmit.ts';

/**
 * Sending one file as a state machine: no socket, no clock. Blocks are counted from 1 without wrapping here; only
 * the wire number wraps, from 65535 to 0, as every client of files above 64 Ki blocks expects (F28).
 */
export interface TransferState {
  readonly bytes: Buffer;
  readonly negotiation: Negotiation;
  readonly phase: 'oack' | 'data' | 'ended';
  /** Blocks that the file takes; the last one is short, and empty when the size divides evenly (RFC 1350 §6). */
  readonly totalBlocks: number;
  /** Last block the client acknowledged; 0: none yet. */
  readonly acked: number;
  /** Last block that was sent at least once. */
  readonly sent: number;
  /** The client has answered at least once: its address is real. */
  readonly answered: boolean;
  /** Resends since the last progress. */
  readonly attempt: number;
  /** After a window was sent again: up to this block an ACK may be an echo of that, and is not read as loss. */
  readonly quietUpTo: number;
  readonly roundTrip: RoundTrip | undefined;
  /** When the packets now waiting for an ACK were sent; undefined once any of them was sent twice. */
  readonly sampleFromMs: number | undefined;
  readonly startedMs: number;
  readonly progressMs: number;
  readonly resentBlocks: number;
}

export type TransferEvent =
  | { readonly type: 'ack'; readonly block: number }
  | { readonly type: 'error'; readonly code: number; readonly message: string }
  /** The time of the last set-timer effect is over. */
  | { readonly type: 'timer' }
  /** The client sent the same request again from the same port. */
  | { readonly type: 'repeat' };

/** How a transfer ended well. `probe`: the client only wanted the size (F24). */
export interface TransferResult {
  readonly outcome: 'complete' | 'probe';
  readonly bytes: number;
  readonly ms: number;
  readonly resentBlocks: number;
}

/** How a transfer ended badly. `last-ack-missing`: all was sent; most clients with this have their file and are gone. */
export interface TransferFailure {
  readonly reason: 'no-answer' | 'last-ack-missing' | 'client-error' | 'options-refused';
  readonly detail: string;
  readonly ackedBytes: number;
}

export type TransferEffect =
  | { readonly type: 'send'; readonly bytes: Buffer }
  /** Replaces any timer set before. */
  | { readonly type: 'set-timer'; readonly ms: number }
  | { readonly type: 'done'; readonly result: TransferResult }
  | { readonly type: 'failed'; readonly failure: TransferFailure };

export interface Step {
  readonly state: TransferState;
  readonly effects: readonly TransferEffect[];
}

/** Silence after which a client is given up; with a timeout option, three of its intervals if that is longer. */
export const PATIENCE_MS = 30_000;

/** First step: the OACK when options were agreed to (RFC 2347), else the first block. */
export function startTransfer(bytes: Buffer, negotiation: Negotiation, nowMs: number): Step {
  const state: TransferState = {
    bytes,
    negotiation,
    phase: negotiation.oack.length > 0 ? 'oack' : 'data',
    totalBlocks: Math.floor(bytes.length / negotiation.blockBytes) + 1,
    acked: 0,
    sent: 0,
    answered: false,
    attempt: 0,
    quietUpTo: -1,
    roundTrip: undefined,
    sampleFromMs: nowMs,
    startedMs: nowMs,
    progressMs: nowMs,
    resentBlocks: 0,
  };
  return transmit(state, nowMs);
}

/** What follows from one event at `nowMs` (milliseconds on a clock that never goes back). An ended transfer stays so. */
export function step(state: TransferState, event: TransferEvent, nowMs: number): Step {
  if (state.phase === 'ended') return nothing(state);
  switch (event.type) {
    case 'ack':
      return onAck(state, event.block, nowMs);
    case 'error':
      return onError(state, event.code, event.message, nowMs);
    case 'timer':
      return onTimer(state, nowMs);
    case 'repeat':
      // Our first packet was lost, or crossed with the repetition. One packet for one: no amplification.
      return state.answered ? nothing(state) : transmit({ ...state, sampleFromMs: undefined }, nowMs);
  }
}

function onAck(state: TransferState, block: number, nowMs: number): Step {
  // The window is far below 65536, so a wire number is at most one block that awaits an ACK; all others are old or false.
  const ahead = (block - state.acked) & 0xffff;
  if (ahead > state.sent - state.acked) return nothing(state);
  if (state.phase === 'oack') return progress({ ...state, phase: 'data' }, 0, nowMs);
  return ahead === 0 ? onRepeatedAck(state, nowMs) : progress(state, state.acked + ahead, nowMs);
}

/**
 * An ACK of a block that was acknowledged before. In lock step it is never answered: the answer to each duplicate
 * would double the rest of the transfer (Sorcerer's Apprentice Syndrome, RFC 1123 §4.2.3.1). In a window it is also
 * how a receiver says that the FIRST block of the window was lost (RFC 7440 §4), and waiting for the timer instead
 * costs most of the speed. So the window goes out again, and then a whole window must pass before that is believed
 * once more: a resend that was not needed makes the receiver repeat an ACK, and that echo must find us quiet.
 */
function onRepeatedAck(state: TransferState, nowMs: number): Step {
  const { windowBlocks } = state.negotiation;
  if (windowBlocks === 1 || state.acked <= state.quietUpTo) return nothing(state);
  const quietUpTo = state.acked + windowBlocks;
  return transmit({ ...state, quietUpTo, sampleFromMs: undefined }, nowMs);
}

/**
 * An ACK inside the window names the last block before a gap: everything after it goes out again (RFC 7440 §4).
 * Inside the window that was just resent it may be an echo instead, as of a block that the network doubled; believed
 * every time, one such block multiplies the rest of the transfer. There the window only moves on, sending what is
 * new; if the gap is real, the timer fills it.
 */
function progress(state: TransferState, acked: number, nowMs: number): Step {
  const inside = acked < state.sent;
  const gap = inside && acked > state.quietUpTo;
  const next: TransferState = {
    ...state,
    acked,
    answered: true,
    attempt: 0,
    progressMs: nowMs,
    quietUpTo: gap ? acked + state.negotiation.windowBlocks : state.quietUpTo,
    roundTrip:
      state.sampleFromMs === undefined
        ? state.roundTrip
        : addSample(state.roundTrip, Math.max(0, nowMs - state.sampleFromMs)),
    sampleFromMs: inside ? undefined : nowMs,
  };
  if (acked === next.totalBlocks) return finish(next, 'complete', next.bytes.length, nowMs);
  return transmit(next, nowMs, gap ? acked : state.sent);
}

function onError(state: TransferState, code: number, message: string, nowMs: number): Step {
  const aborted = code === 0 || code === 8;
  // F24: EDK2 asks for tsize, answers the OACK with ERROR 8 "User aborted" and comes back for the file; Intel's
  // ROMs do it with ERROR 0 "TFTP Aborted". Nothing went wrong.
  if (aborted && state.phase === 'oack' && state.negotiation.sizeAsked)
    return finish(state, 'probe', 0, nowMs);
  const reason = code === 8 && state.phase === 'oack' ? 'options-refused' : 'client-error';
  return fail(state, reason, `the client sent ERROR ${code}: ${JSON.stringify(message)}`);
}

function onTimer(state: TransferState, nowMs: number): Step {
  const idleMs = nowMs - state.progressMs;
  if (idleMs >= patienceMs(state)) {
    const detail = `no answer for ${Math.round(idleMs / 1000)} s after block ${state.acked} of ${state.totalBlocks}`;
    const allSent = state.phase === 'data' && state.sent === state.totalBlocks && state.answered;
    return fail(state, allSent ? 'last-ack-missing' : 'no-answer', detail);
  }
  return transmit({ ...state, attempt: state.attempt + 1, sampleFromMs: undefined }, nowMs);
}

/** Sends the OACK, or the window beyond the last acknowledged block, of which the part up to `after` is left out. */
function transmit(state: TransferState, nowMs: number, after = state.acked): Step {
  const timer = { type: 'set-timer', ms: nextWaitMs(state, nowMs) } as const;
  if (state.phase === 'oack') {
    const oack = encodePacket({ type: 'oack', options: state.negotiation.oack });
    return { state, effects: [{ type: 'send', bytes: oack }, timer] };
  }
  const last = Math.min(state.acked + state.negotiation.windowBlocks, state.totalBlocks);
  const effects: TransferEffect[] = [];
  for (let block = after + 1; block <= last; block += 1)
    effects.push({ type: 'send', bytes: dataPacket(state, block) });
  effects.push(timer);
  const resentBlocks = state.resentBlocks + (state.sent - after);
  return { state: { ...state, sent: last, resentBlocks }, effects };
}

function dataPacket(state: TransferState, block: number): Buffer {
  const { blockBytes } = state.negotiation;
  const payload = state.bytes.subarray((block - 1) * blockBytes, block * blockBytes);
  return encodePacket({ type: 'data', block: block & 0xffff, payload });
}

function nextWaitMs(state: TransferState, nowMs: number): number {
  const wait = waitMs(state.roundTrip, state.attempt, state.negotiation.timeoutSeconds);
  const patienceLeft = state.progressMs + patienceMs(state) - nowMs;
  return Math.max(1, Math.min(wait, patienceLeft));
}

function patienceMs(state: TransferState): number {
  const { timeoutSeconds } = state.negotiation;
  // A forged request never answers; only who has answered may name a longer wait (255 s) and keep a place for it.
  if (timeoutSeconds === undefined || !state.answered) return PATIENCE_MS;
  return Math.max(PATIENCE_MS, 3 * timeoutSeconds * 1_000);
}

function finish(state: TransferState, outcome: 'complete' | 'probe', bytes: number, nowMs: number): Step {
  const { resentBlocks, startedMs } = state;
  const result: TransferResult = { outcome, bytes, ms: nowMs - startedMs, resentBlocks };
  return { state: { ...state, phase: 'ended' }, effects: [{ type: 'done', result }] };
}

function fail(state: TransferState, reason: TransferFailure['reason'], detail: string): Step {
  const failure: TransferFailure = { reason, detail, ackedBytes: ackedBytes(state) };
  return { state: { ...state, phase: 'ended' }, effects: [{ type: 'failed', failure }] };
}

/** Bytes of the file that the client has acknowledged. */
export function ackedBytes(state: TransferState): number {
  return Math.min(state.acked * state.negotiation.blockBytes, state.bytes.length);
}

function nothing(state: TransferState): Step {
  return { state, effects: [] };
}
