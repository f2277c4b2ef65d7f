import { DATA_HEAD_BYTES, DATA_HEADS } from '../../src/tftp/data-heads.ts';
import type { Negotiation } from '../../src/tftp/negotiate.ts';
import {
  decodePacket,
  encodePacket,
  MalformedTftp,
  TFTP_ERROR,
  type TftpPacket,
} from '../../src/tftp/packet.ts';
import {
  ackedBytes,
  ended,
  type Step,
  startTransfer,
  step,
  type TransferEnd,
  type TransferEvent,
  type TransferFailure,
  type TransferState,
} from '../../src/tftp/transfer.ts';
import type { Deadlines, Waiting } from '../deadlines.ts';
import type { Endpoint } from '../net/datagram.ts';
import type { TransferPort, TransferPorts } from './transfer-ports.ts';

/** Everything that one transfer needs. */
export interface SessionPlan {
  readonly client: Endpoint;
  readonly bytes: Buffer;
  readonly negotiation: Negotiation;
  readonly ports: TransferPorts;
  readonly deadlines: Deadlines;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** Asked once the port is there: a request that was given up meanwhile must not get an answer. */
  readonly isWanted: () => boolean;
  readonly onEnd: (end: TransferEnd) => void;
}

/** One transfer under way: its port and the client's are its identifiers (RFC 1350 §4). */
export interface TftpSession {
  /** The same request came again. */
  repeat(): void;
  /** Did the client move on within the last `ms`, or has it yet to answer at all? */
  isFresh(ms: number): boolean;
  /** Bytes the client has acknowledged. */
  ackedBytes(): number;
  /**
   * Ends the transfer and frees the port, telling the client ERROR 0 where there is a `message`; onEnd is not called.
   * Resolves when the port is free.
   */
  abort(message: string | undefined): Promise<void>;
}

/**
 * Takes a port and sends the first packet; undefined when it was no longer wanted.
 * Rejects with the system's error when there is no socket to be had.
 */
export async function openSession(plan: SessionPlan): Promise<TftpSession | undefined> {
  // Nothing is delivered before the first packet was sent: what comes earlier is no answer to this transfer.
  let session: RunningSession | undefined;
  const port = await plan.ports.take(plan.client, {
    message: (bytes) => session?.take(bytes),
    failure: (error) => session?.noteFailure(error),
  });
  if (!plan.isWanted()) {
    await port.release();
    return undefined;
  }
  session = new RunningSession(plan, port);
  return session;
}

class RunningSession implements TftpSession, Waiting {
  readonly #plan: SessionPlan;
  readonly #port: TransferPort;
  #failedSend: Error | undefined;
  #state: TransferState;

  constructor(plan: SessionPlan, port: TransferPort) {
    this.#plan = plan;
    this.#port = port;
    const first = startTransfer(plan.bytes, plan.negotiation, plan.now());
    this.#state = first.state;
    plan.deadlines.add(this);
    this.#apply(first);
  }

  repeat(): void {
    this.#handle({ type: 'repeat' });
  }

  isFresh(ms: number): boolean {
    return !this.#state.answered || this.#plan.now() - this.#state.progressMs < ms;
  }

  ackedBytes(): number {
    return ackedBytes(this.#state);
  }

  async abort(message: string | undefined): Promise<void> {
    if (this.#state.phase === 'ended') return;
    if (message !== undefined) this.#port.peer.send(errorPacket(TFTP_ERROR.notDefined, message));
    this.#state = ended(this.#state, undefined).state;
    await this.#leave();
  }

  /** A datagram of the client. */
  take(bytes: Buffer): void {
    const packet = decodeOrNothing(bytes);
    if (packet?.type === 'ack' || packet?.type === 'error') this.#handle(packet);
  }

  /** What could not be sent counts as lost: it is sent again, and the end of the transfer tells why. */
  noteFailure(error: Error): void {
    this.#failedSend = error;
  }

  deadlineMs(): number {
    return this.#state.deadlineMs;
  }

  onDeadline(): void {
    this.#handle({ type: 'timer' });
  }

  #handle(event: TransferEvent): void {
    this.#apply(step(this.#state, event, this.#plan.now()));
  }

  #apply({ state, send, end }: Step): void {
    this.#state = state;
    if (send?.type === 'oack') this.#sendOack();
    else if (send !== undefined && send.first <= send.last) this.#sendBlocks(send.first, send.last);
    if (end === undefined) return;
    void this.#leave();
    this.#plan.onEnd(end.ok ? end : { ok: false, failure: explain(end.failure, this.#failedSend) });
  }

  #sendOack(): void {
    this.#port.peer.send(encodePacket({ type: 'oack', options: this.#plan.negotiation.oack }));
  }

  #sendBlocks(first: number, last: number): void {
    const { bytes, negotiation } = this.#state.plan;
    this.#port.peer.sendRun({
      datagrams: last - first + 1,
      heads: DATA_HEADS,
      headBytes: DATA_HEAD_BYTES,
      firstHead: first,
      body: bytes,
      start: (first - 1) * negotiation.blockBytes,
      pieceBytes: negotiation.blockBytes,
    });
  }

  #leave(): Promise<void> {
    this.#plan.deadlines.remove(this);
    return this.#port.release();
  }
}

/** The answer to a packet of nobody's transfer (RFC 1350 §4); an ERROR is never answered, or two servers talk for ever. */
export function answerToStranger(bytes: Buffer): Buffer | undefined {
  const packet = decodeOrNothing(bytes);
  if (packet === undefined || packet.type === 'error') return undefined;
  return errorPacket(TFTP_ERROR.unknownTransferId, 'unknown transfer ID');
}

/** An ERROR packet with words that are ours (ASCII). */
export function errorPacket(code: number, message: string): Buffer {
  return encodePacket({ type: 'error', code, message });
}

/** The one place of a transfer where malformed bytes end: as nothing. */
function decodeOrNothing(bytes: Buffer): TftpPacket | undefined {
  try {
    return decodePacket(bytes);
  } catch (error) {
    if (error instanceof MalformedTftp) return undefined;
    throw error;
  }
}

function explain(failure: TransferFailure, failedSend: Error | undefined): TransferFailure {
  if (failedSend === undefined) return failure;
  return { ...failure, detail: `${failure.detail}; sending failed: ${failedSend.message}` };
}
