import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';

/** Refusals are counted and told at most so often. */
const TELL_MS = 60_000;

/**
 * Closes what comes beyond `maxConnections`, or beyond a sixteenth of it from one address: a machine needs a handful,
 * and a broken one must not take every place. Proxies stand for many machines and have no share of their own.
 */
export function limitConnections(
  server: Server,
  { maxConnections, isProxy }: { maxConnections: number; isProxy: (address: string) => boolean },
  log: Pick<Logger, 'warn'>,
): void {
  const share = Math.max(1, Math.floor(maxConnections / 16));
  const open = new Map<string, number>();
  let refused = 0;
  let timer: NodeJS.Timeout | undefined;
  const tell = (): void => {
    log.warn({ refused, maxConnections, perAddress: share }, 'connections of machines refused');
    refused = 0;
    timer = setTimeout(() => {
      timer = undefined;
      if (refused > 0) tell();
    }, TELL_MS);
    timer.unref();
  };
  const refuse = (): void => {
    refused += 1;
    if (timer === undefined) tell();
  };
  server.maxConnections = maxConnections;
  server.on('drop', refuse);
  server.on('connection', (socket: Socket) => {
    const from = socket.remoteAddress ?? '';
    const count = (open.get(from) ?? 0) + 1;
    if (count > share && !isProxy(from)) {
      refuse();
      socket.destroy();
      return;
    }
    open.set(from, count);
    socket.once('close', () => {
      const left = (open.get(from) ?? 1) - 1;
      if (left === 0) open.delete(from);
      else open.set(from, left);
    });
  });
}
