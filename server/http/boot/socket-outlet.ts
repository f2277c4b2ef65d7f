import type { Socket } from 'node:net';
import type { KernelSender, KernelWay } from '../../net/send-file.ts';
import type { Outlet } from './outlet.ts';

/** The body of one answer on a socket that nobody else writes to. */
export interface SocketOutlet extends Outlet {
  /** The last piece was taken. */
  isEnded(): boolean;
  /** Once, when nothing is under way any more. */
  close(): void;
}

export interface SocketOutletOptions {
  readonly kernel: KernelSender | undefined;
  /** What the kernel sends past Node counts as life as well. */
  readonly stallMs: number;
}

/** `head` goes before the first piece. */
export function createSocketOutlet(
  socket: Socket,
  head: string,
  { kernel, stallMs }: SocketOutletOptions,
): SocketOutlet {
  let unsent: string | undefined = head;
  let isEnded = false;
  let settle: ((isTaken: boolean) => void) | undefined;
  const onClose = (): void => settle?.(false);
  socket.once('close', onClose);

  const take = (piece: Buffer | undefined): Promise<boolean> => {
    if (socket.destroyed) return Promise.resolve(false);
    return new Promise((resolve) => {
      settle = resolve;
      // Node calls back without an error when it has closed the socket itself.
      const done = (error?: Error | null) => resolve(!error && !socket.destroyed);
      const first = unsent;
      unsent = undefined;
      socket.cork();
      if (first !== undefined) socket.write(first, piece === undefined ? done : undefined);
      if (piece !== undefined) socket.write(piece, done);
      socket.uncork();
    });
  };

  const socketFd = descriptorOf(socket);
  let way: KernelWay | undefined;
  const sendFile = async (fd: number, from: number, length: number): Promise<number> => {
    let sent = 0;
    if (socketFd === undefined || socket.destroyed) return sent;
    way ??= kernel?.open(socketFd);
    if (way === undefined) return sent;
    // The head has to have left Node's queue: the kernel knows nothing of it.
    if (unsent !== undefined && !(await take(undefined))) return sent;
    while (sent < length && !socket.destroyed) {
      const went = await way.send(fd, from + sent, length - sent);
      if (went === 0) break;
      sent += went;
      if (!socket.destroyed) socket.setTimeout(stallMs);
    }
    return sent;
  };

  return {
    write: take,
    async end(piece) {
      isEnded = await take(piece);
      return isEnded;
    },
    sendFile: socketFd === undefined || kernel === undefined ? undefined : sendFile,
    isEnded: () => isEnded,
    close() {
      socket.off('close', onClose);
      way?.close();
    },
  };
}

/** Node has no name for a socket's descriptor; where there is none (TLS, another Node), it is not sent past it. */
function descriptorOf(socket: Socket): number | undefined {
  const { _handle: handle } = socket as unknown as { _handle?: { fd?: unknown } | null };
  const fd = handle?.fd;
  return typeof fd === 'number' && fd >= 0 ? fd : undefined;
}
