import type { Libc } from './libc.ts';

/** Has the kernel send files by sockets that Node owns. */
export interface KernelSender {
  /** The way to the socket of a descriptor; undefined where there is none, so that Node has to write. */
  open(socketFd: number): KernelWay | undefined;
}

/** The way to one socket. */
export interface KernelWay {
  /**
   * Sends of an open file from `from` on: a megabyte at most, and not more than `length` bytes or than the socket has room
   * for. Resolves with how many went. None: the socket is full, the file has ended or the connection is gone; a write tells
   * which. One call at a time, nothing else may write meanwhile, and the file has to stay open.
   */
  send(fileFd: number, from: number, length: number): Promise<number>;
  /** Once, and after the last call has resolved. */
  close(): void;
}

/** Sent by one call, sendfile(2): what a thread of the pool does in a fraction of a millisecond. */
const CALL_BYTES = 1024 * 1024;
/** Calls at once: the pool has four threads, and everything that looks at files shares them. */
const CALLS_AT_ONCE = 2;

/** One for all sockets: those whose turn it is not wait in the order in which they came. */
export function createKernelSender(libc: Pick<Libc, 'duplicate' | 'sendfileLater' | 'close'>): KernelSender {
  const waiting: (() => void)[] = [];
  let running = 0;

  // On a thread of the pool: a page that is not in memory holds nobody up here.
  const call = async (socketFd: number, fileFd: number, offset: Buffer, length: number): Promise<number> => {
    if (running < CALLS_AT_ONCE) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await libc.sendfileLater(socketFd, fileFd, offset, length);
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };

  return {
    open(socketFd) {
      // A descriptor of our own: Node closes its own when the machine goes away, and the number may be another machine's
      // before the call has come to it.
      const own = libc.duplicate(socketFd);
      if (!own.ok) return undefined;
      const offset = Buffer.allocUnsafeSlow(8);
      return {
        async send(fileFd, from, length) {
          writeOffset(offset, from);
          return Math.max(0, await call(own.value, fileFd, offset, Math.min(CALL_BYTES, length)));
        },
        close: () => void libc.close(own.value),
      };
    },
  };
}

/** off64_t, in the machine's own order. */
function writeOffset(buffer: Buffer, value: number): void {
  new BigInt64Array(buffer.buffer, buffer.byteOffset, 1)[0] = BigInt(value);
}
