import type { Socket } from 'node:net';
import type { KernelSender } from '../../net/send-file.ts';
import type { BootAnswer, BootRequest } from './answer.ts';
import { renderHead } from './answer-head.ts';
import { type PlainRequest, readPlainRequest } from './plain-request.ts';
import { createSocketOutlet } from './socket-outlet.ts';

export interface PlainTimes {
  /** Until the first byte of the first request. */
  readonly firstMs: number;
  /** Until the next request. */
  readonly keepAliveMs: number;
  /** While nothing of an answer is taken. */
  readonly stallMs: number;
}

export interface PlainServer {
  answer(request: BootRequest): Promise<BootAnswer>;
  /** Gives a connection to somebody who reads everything, with what has come and was not answered. */
  handOver(bytes: Buffer): void;
  readonly times: PlainTimes;
  readonly kernel?: KernelSender | undefined;
  readonly nowMs: () => number;
}

/** A connection that is answered here. */
export interface PlainConnection {
  /** Closes it, after the answer that is under way. */
  finish(): void;
}

/** Answers a connection's plain requests; the first that is not one goes to somebody else with all that follow. */
export function servePlainRequests(
  socket: Socket,
  { answer, handOver, times, kernel, nowMs }: PlainServer,
): PlainConnection {
  // An answer goes out before the next request is looked at, so that nobody piles them up here.
  let isBusy = false;
  let isLast = false;
  let isFirst = true;
  let early: Buffer | undefined;
  const { remoteAddress, localAddress } = socket;
  const ends = { remoteAddress, localAddress };

  const leave = (bytes: Buffer): void => {
    socket.off('data', onData).off('end', onEnd).off('timeout', giveUp).off('error', giveUp);
    socket.setTimeout(0);
    handOver(bytes);
  };

  const serve = async (request: PlainRequest): Promise<void> => {
    const { status, headers, body } = await answer(requestOf(request, ends));
    isLast ||= request.isLast;
    const head = renderHead(status, headers, isLast ? undefined : times.keepAliveMs, nowMs());
    if (typeof body === 'function') {
      socket.setTimeout(times.stallMs);
      await stream(head, body);
      socket.setTimeout(times.keepAliveMs);
    } else await send(socket, head, body);
  };

  const stream = async (head: string, body: Exclude<BootAnswer['body'], string | Buffer | undefined>) => {
    const outlet = createSocketOutlet(socket, head, { kernel, stallMs: times.stallMs });
    try {
      await body(outlet);
    } finally {
      outlet.close();
      // A file that is not whole, or not the same any more: the machine must not take it for what it asked for.
      if (!outlet.isEnded()) socket.destroy();
    }
  };

  const onData = (bytes: Buffer): void => {
    if (isBusy) {
      early = early === undefined ? bytes : Buffer.concat([early, bytes]);
      socket.pause();
      return;
    }
    const request = readPlainRequest(bytes);
    if (request === undefined) {
      leave(bytes);
      return;
    }
    if (isFirst) socket.setTimeout(times.keepAliveMs);
    isFirst = false;
    isBusy = true;
    serve(request).then(goOn, giveUp);
  };

  const goOn = (): void => {
    isBusy = false;
    if (socket.destroyed) return;
    if (isLast) {
      socket.destroySoon();
      return;
    }
    if (early === undefined) return;
    leave(early);
    socket.resume();
  };
  const onEnd = (): void => {
    isLast = true;
    if (!isBusy) socket.destroySoon();
  };
  // A machine that resets the connection is an everyday event: iPXE probes, reboots. And one that is silent has gone.
  const giveUp = (): void => {
    socket.destroy();
  };
  socket.on('data', onData).on('end', onEnd).on('timeout', giveUp).on('error', giveUp);
  socket.setTimeout(times.firstMs);
  return {
    finish() {
      isLast = true;
      if (!isBusy) socket.destroy();
    },
  };
}

const NOTHING: AsyncIterator<Buffer> = { next: () => Promise.resolve({ done: true, value: undefined }) };
const noBody = (): AsyncIterator<Buffer> => NOTHING;

function requestOf({ url, headers }: PlainRequest, socket: BootRequest['socket']): BootRequest {
  return { method: 'GET', url, headers, socket, [Symbol.asyncIterator]: noBody };
}

/** Up to this much text is written without a buffer (src/stream_base.cc of Node). */
const NODES_STACK_BYTES = 16_384;

/** Resolves when the kernel has taken it, or the machine is gone. */
function send(socket: Socket, head: string, body: string | Buffer = ''): Promise<void> {
  return new Promise((resolve) => {
    if (typeof body === 'string') {
      socket.write(head + body, () => resolve());
      return;
    }
    // As text of single bytes: Node writes it with the head by one call from its stack, and allocates nothing.
    if (head.length + body.length <= NODES_STACK_BYTES) {
      socket.write(head + body.toString('latin1'), 'latin1', () => resolve());
      return;
    }
    socket.cork();
    socket.write(head);
    socket.write(body, () => resolve());
    socket.uncork();
  });
}
