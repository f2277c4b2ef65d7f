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
  type Step,
  startTransfer,
  step,
  type TransferEvent,
  type TransferFailure,
  type TransferResult,
  type TransferState,
} from '../../src/tftp/transfer.ts';
import type { BindUdp, DatagramSocket, Endpoint } from '../net/datagram.ts';

/** Calls `fire` once after `ms`; the result takes it back. */
export type StartTimer = (ms: number, fire: () => void) => () => void;

/** Everything that one transfer needs. */
export interface SessionPlan {
  readonly client: Endpoint;
  /** The address the client asked; the answers leave from it (RFC 1123 §2.3). */
  readonly localAddress: string;
  readonly bytes: Buffer;
  readonly negotiation: Negotiation;
  readonly bind: BindUdp;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  readonly startTimer: StartTimer;
  /** Asked once the socket is there: a request that was given up meanwhile must not get an answer. */
  readonly isWanted: () => boolean;
  readonly onEnd: (end: SessionEnd) => void;
}

export type SessionEnd =
  | { readonly ok: true; readonly result: TransferResult }
  | { readonly ok: false; readonly failure: TransferFailure };

/** One transfer under way, on a socket of its own: its port is our transfer identifier (RFC 1350 §4). */
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
 * Opens the socket and sends the first packet; undefined when it was no longer wanted.
 * Rejects with the system's error when there is no socket to be had.
 */
export async function openSession(plan: SessionPlan): Promise<TftpSession | undefined> {
  const failedSend: { last?: Error } = {};
  const onError = (error: Error) => {
    failedSend.last = error;
  };
  const socket = await plan.bind({ address: plan.localAddress, port: 0, onError });
  if (!plan.isWanted()) {
    await socket.close();
    return undefined;
  }
  return new RunningSession(plan, socket, failedSend);
}

class RunningSession implements TftpSession {
  readonly #plan: SessionPlan;
  readonly #socket: DatagramSocket;
  readonly #failedSend: { last?: Error };
  #state: TransferState;
  #cancelTimer: () => void = () => {};

  constructor(plan: SessionPlan, socket: DatagramSocket, failedSend: { last?: Error }) {
    this.#plan = plan;
    this.#socket = socket;
    this.#failedSend = failedSend;
    socket.onMessage((bytes, from) => this.#onDatagram(bytes, from));
    const first = startTransfer(plan.bytes, plan.negotiation, plan.now());
    this.#state = first.state;
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
    if (this.#state.phase !== 'ended' && message !== undefined)
      this.#send(errorPacket(TFTP_ERROR.notDefined, message), this.#plan.client);
    this.#state = { ...this.#state, phase: 'ended' };
    this.#cancelTimer();
    await this.#socket.close();
  }

  #onDatagram(bytes: Buffer, from: Endpoint): void {
    const { client } = this.#plan;
    const packet = decodeOrNothing(bytes);
    if (packet === undefined) return;
    if (from.address !== client.address || from.port !== client.port) {
      // RFC 1350 §4: tell the stranger, leave the transfer alone. An ERROR is never answered, or two servers talk for ever.
      if (packet.type !== 'error')
        this.#send(errorPacket(TFTP_ERROR.unknownTransferId, 'unknown transfer ID'), from);
    } else if (packet.type === 'ack' || packet.type === 'error') this.#handle(packet);
  }

  #handle(event: TransferEvent): void {
    this.#apply(step(this.#state, event, this.#plan.now()));
  }

  #apply({ state, effects }: Step): void {
    this.#state = state;
    for (const effect of effects) {
      if (effect.type === 'send') this.#send(effect.bytes, this.#plan.client);
      else if (effect.type === 'set-timer') this.#setTimer(effect.ms);
      else if (effect.type === 'done') this.#end({ ok: true, result: effect.result });
      else this.#end({ ok: false, failure: explain(effect.failure, this.#failedSend.last) });
    }
  }

  #send(bytes: Buffer, to: Endpoint): void {
    // What could not be sent counts as lost: the timer sends it again, and the end of the transfer tells why.
    this.#socket.send(bytes, to, (error) => {
      this.#failedSend.last = error;
    });
  }

  #setTimer(ms: number): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#plan.startTimer(ms, () => this.#handle({ type: 'timer' }));
  }

  #end(report: SessionEnd): void {
    this.#cancelTimer();
    void this.#socket.close();
    this.#plan.onEnd(report);
  }
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

/**
 * The real timer. It fires after the sockets were read once more: when the process was held up, the ACKs that wait
 * in the sockets come first, or every transfer would resend its window at the moment of the highest load.
 */
export const startRealTimer: StartTimer = (ms, fire) => {
  let immediate: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    immediate = setImmediate(fire);
  }, ms);
  return () => {
    clearTimeout(timer);
    clearImmediate(immediate);
  };
};
