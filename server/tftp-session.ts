import type { Negotiation } from '../src/tftp/negotiate.ts';
import {
  decodePacket,
  encodePacket,
  MalformedTftp,
  TFTP_ERROR,
  type TftpPacket,
} from '../src/tftp/packet.ts';
import {
  ackedBytes,
  type Step,
  startTransfer,
  step,
  type TransferEvent,
  type TransferFailure,
  type TransferResult,
} from '../src/tftp/transfer.ts';
import type { BindUdp, Endpoint } from './datagram.ts';

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
  const { client, now } = plan;
  let failedSend: Error | undefined;
  let cancelTimer = () => {};
  const socket = await plan.bind({
    address: plan.localAddress,
    port: 0,
    onError: (error) => {
      failedSend = error;
    },
  });
  if (!plan.isWanted()) {
    await socket.close();
    return undefined;
  }
  const send = (bytes: Buffer, to: Endpoint) =>
    socket.send(bytes, to, (error) => {
      failedSend = error;
    });

  function end(report: SessionEnd): void {
    cancelTimer();
    void socket.close();
    plan.onEnd(report);
  }

  function apply({ state: next, effects }: Step): void {
    state = next;
    for (const effect of effects) {
      if (effect.type === 'send') send(effect.bytes, client);
      else if (effect.type === 'set-timer') {
        cancelTimer();
        cancelTimer = plan.startTimer(effect.ms, () => handle({ type: 'timer' }));
      } else if (effect.type === 'done') end({ ok: true, result: effect.result });
      else end({ ok: false, failure: explain(effect.failure, failedSend) });
    }
  }

  function handle(event: TransferEvent): void {
    apply(step(state, event, now()));
  }

  socket.onMessage((bytes, from) => {
    const packet = decodeOrNothing(bytes);
    if (packet === undefined) return;
    if (from.address !== client.address || from.port !== client.port) {
      // RFC 1350 §4: tell the stranger, leave the transfer alone. An ERROR is never answered, or two servers talk for ever.
      if (packet.type !== 'error')
        send(errorPacket(TFTP_ERROR.unknownTransferId, 'unknown transfer ID'), from);
    } else if (packet.type === 'ack' || packet.type === 'error') handle(packet);
  });

  const first = startTransfer(plan.bytes, plan.negotiation, now());
  let state = first.state;
  apply(first);
  return {
    repeat: () => handle({ type: 'repeat' }),
    isFresh: (ms) => !state.answered || now() - state.progressMs < ms,
    ackedBytes: () => ackedBytes(state),
    async abort(message) {
      if (state.phase !== 'ended' && message !== undefined)
        send(errorPacket(TFTP_ERROR.notDefined, message), client);
      state = { ...state, phase: 'ended' };
      cancelTimer();
      await socket.close();
    },
  };
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
