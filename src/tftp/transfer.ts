import type { Negotiation } from './negotiate.ts';
import { addSample, type RoundTrip, waitMs } from './retransmit.ts';

/** What stays the same all through a transfer. */
export interface TransferPlan {
  /** The file, as it goes over the wire. */
  readonly bytes: Buffer;
  readonly negotiation: Negotiation;
  /** Blocks that the file takes; the last one is short, and empty when the size divides evenly (RFC 1350 §6). */
  readonly totalBlocks: number;
  readonly startedMs: number;
}

/**
 * Sending one file as a state machine: no socket, no clock. Blocks are counted from 1 without wrapping here; only
 * the wire number wraps, from 65535 to 0, as every client of files above 64 Ki blocks expects (F28).
 */
export interface TransferState {
  readonly plan: TransferPlan;
  readonly phase: 'oack' | 'data' | 'ended';
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
  readonly progressMs: number;
  readonly resentBlocks: number;
  /** When a timer event is due, unless something else happens first. */
  readonly deadlineMs: number;
}

export type TransferEvent =
  | { readonly type: 'ack'; readonly block: number }
  | { readonly type: 'error'; readonly code: number; readonly message: string }
  /** The deadline of the state is over. */
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

/** What goes out: the OACK, or the blocks `first` to `last` of the file (none where `last` is before `first`). */
export type Outgoing =
  | { readonly type: 'oack' }
  | { readonly type: 'blocks'; readonly first: number; readonly last: number };

export type TransferEnd =
  | { readonly ok: true; readonly result: TransferResult }
  | { readonly ok: false; readonly failure: TransferFailure };

/** The next state and what is to be done, in plain values: one step a packet of every transfer, so nothing is copied. */
export interface Step {
  readonly state: TransferState;
  readonly send: Outgoing | undefined;
  readonly end: TransferEnd | undefined;
}

/** Silence after which a client is given up; with a timeout option, three of its intervals if that is longer. */
export const PATIENCE_MS = 30_000;

/** First step: the OACK when options were agreed to (RFC 2347), else the first block. */
export function startTransfer(bytes: Buffer, negotiation: Negotiation, nowMs: number): Step {
  const state: TransferState = {
    plan: {
      bytes,
      negotiation,
      totalBlocks: Math.floor(bytes.length / negotiation.blockBytes) + 1,
      startedMs: nowMs,
    },
    phase: negotiation.oack.length > 0 ? 'oack' : 'data',
    acked: 0,
    sent: 0,
    answered: false,
    attempt: 0,
    quietUpTo: -1,
    roundTrip: undefined,
    sampleFromMs: nowMs,
    progressMs: nowMs,
    resentBlocks: 0,
    deadlineMs: nowMs,
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
  if (state.phase === 'oack') return progress(state, 0, nowMs);
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
  const { windowBlocks } = state.plan.negotiation;
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
  const { plan, sent, sampleFromMs } = state;
  const { windowBlocks, timeoutSeconds } = plan.negotiation;
  const inside = acked < sent;
  const gap = inside && acked > state.quietUpTo;
  if (acked === plan.totalBlocks) return finish({ ...state, acked }, 'complete', plan.bytes.length, nowMs);
  const roundTrip =
    sampleFromMs === undefined
      ? state.roundTrip
      : addSample(state.roundTrip, Math.max(0, nowMs - sampleFromMs));
  const last = Math.min(acked + windowBlocks, plan.totalBlocks);
  const after = gap ? acked : sent;
  // Written out: this is made for every ACK of every transfer, and a spread costs several times as much.
  const next: TransferState = {
    plan,
    phase: 'data',
    acked,
    sent: last,
    answered: true,
    attempt: 0,
    quietUpTo: gap ? acked + windowBlocks : state.quietUpTo,
    roundTrip,
    sampleFromMs: inside ? undefined : nowMs,
    progressMs: nowMs,
    resentBlocks: state.resentBlocks + (sent - after),
    deadlineMs: nowMs + waitMs(roundTrip, 0, timeoutSeconds),
  };
  return { state: next, send: { type: 'blocks', first: after + 1, last }, end: undefined };
}

function onError(state: TransferState, code: number, message: string, nowMs: number): Step {
  const aborted = code === 0 || code === 8;
  // F24: EDK2 asks for tsize, answers the OACK with ERROR 8 "User aborted" and comes back for the file; Intel's
  // ROMs do it with ERROR 0 "TFTP Aborted". Nothing went wrong.
  if (aborted && state.phase === 'oack' && state.plan.negotiation.sizeAsked)
    return finish(state, 'probe', 0, nowMs);
  const reason = code === 8 && state.phase === 'oack' ? 'options-refused' : 'client-error';
  return fail(state, reason, `the client sent ERROR ${code}: ${JSON.stringify(message)}`);
}

function onTimer(state: TransferState, nowMs: number): Step {
  const idleMs = nowMs - state.progressMs;
  if (idleMs >= patienceMs(state)) {
    const detail = `no answer for ${Math.round(idleMs / 1000)} s after block ${state.acked} of ${state.plan.totalBlocks}`;
    const allSent = state.phase === 'data' && state.sent === state.plan.totalBlocks && state.answered;
    return fail(state, allSent ? 'last-ack-missing' : 'no-answer', detail);
  }
  return transmit({ ...state, attempt: state.attempt + 1, sampleFromMs: undefined }, nowMs);
}

/** Sends the OACK, or the whole window beyond the last acknowledged block. */
function transmit(state: TransferState, nowMs: number): Step {
  const deadlineMs = nowMs + nextWaitMs(state, nowMs);
  if (state.phase === 'oack') return { state: { ...state, deadlineMs }, send: OACK, end: undefined };
  const { totalBlocks, negotiation } = state.plan;
  const last = Math.min(state.acked + negotiation.windowBlocks, totalBlocks);
  const resentBlocks = state.resentBlocks + (state.sent - state.acked);
  return {
    state: { ...state, sent: last, resentBlocks, deadlineMs },
    send: { type: 'blocks', first: state.acked + 1, last },
    end: undefined,
  };
}

const OACK: Outgoing = { type: 'oack' };

function nextWaitMs(state: TransferState, nowMs: number): number {
  const wait = waitMs(state.roundTrip, state.attempt, state.plan.negotiation.timeoutSeconds);
  const patienceLeft = state.progressMs + patienceMs(state) - nowMs;
  return Math.max(1, Math.min(wait, patienceLeft));
}

function patienceMs(state: TransferState): number {
  const { timeoutSeconds } = state.plan.negotiation;
  // A forged request never answers; only who has answered may name a longer wait (255 s) and keep a place for it.
  if (timeoutSeconds === undefined || !state.answered) return PATIENCE_MS;
  return Math.max(PATIENCE_MS, 3 * timeoutSeconds * 1_000);
}

function finish(state: TransferState, outcome: 'complete' | 'probe', bytes: number, nowMs: number): Step {
  const { resentBlocks, plan } = state;
  const result: TransferResult = { outcome, bytes, ms: nowMs - plan.startedMs, resentBlocks };
  return ended(state, { ok: true, result });
}

function fail(state: TransferState, reason: TransferFailure['reason'], detail: string): Step {
  const failure: TransferFailure = { reason, detail, ackedBytes: ackedBytes(state) };
  return ended(state, { ok: false, failure });
}

/** The state of a transfer that is over, however it came to that. */
export function ended(state: TransferState, end: TransferEnd | undefined): Step {
  const over: TransferState = { ...state, phase: 'ended', deadlineMs: Number.POSITIVE_INFINITY };
  return { state: over, send: undefined, end };
}

/** Bytes of the file that the client has acknowledged. */
export function ackedBytes(state: TransferState): number {
  const { negotiation, bytes } = state.plan;
  return Math.min(state.acked * negotiation.blockBytes, bytes.length);
}

function nothing(state: TransferState): Step {
  return { state, send: undefined, end: undefined };
}
