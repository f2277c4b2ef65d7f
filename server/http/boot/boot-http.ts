import type { Server } from 'node:http';
import type { Logger } from 'pino';
import type { KernelSender } from '../../net/send-file.ts';
import type { HttpApp } from '../http-listener.ts';
import { createAnswering } from './answering.ts';
import { BootServer } from './boot-server.ts';
import { limitConnections } from './limit-connections.ts';
import type { Route } from './routes.ts';

export interface BootHttpLimits {
  /** Connections at once, of all machines. */
  readonly maxConnections: number;
  /** How long a machine may take nothing of its answer before it is given up. */
  readonly stallMs: number;
  /** Proxies stand for many machines: their connections are only limited all together. */
  readonly isProxy: (address: string) => boolean;
  /** A request's line and headers have to come within this time, so that nobody holds connections by dribbling. */
  readonly headersMs?: number;
}

/** What the server has besides, where it can be had. */
export interface BootHttpEdges {
  readonly kernel?: KernelSender | undefined;
  readonly nowMs: () => number;
}

const HEADERS_MS = 20_000;
/** For a whole request, with a report's body. */
const REQUEST_MS = 60_000;
/** How long a connection stays open for the next request. */
const KEEP_ALIVE_MS = 75_000;
const CHECK_MS = 5_000;
const HEADERS_BYTES = 16 * 1024;

/** The HTTP server of booting machines: no framework, because what one does for each request costs more than the answer. */
export function createBootHttp(
  routes: readonly Route[],
  limits: BootHttpLimits,
  log: Logger,
  { kernel, nowMs }: BootHttpEdges,
): HttpApp {
  const { headersMs = HEADERS_MS, stallMs, isProxy } = limits;
  const times = { firstMs: headersMs, keepAliveMs: KEEP_ALIVE_MS, stallMs };
  const server = new BootServer(
    {
      headersTimeout: headersMs,
      requestTimeout: REQUEST_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: Math.min(CHECK_MS, headersMs),
      maxHeaderSize: HEADERS_BYTES,
      // A machine that lost its power says nothing: the kernel asks.
      keepAlive: true,
      keepAliveInitialDelay: 60_000,
      noDelay: true,
    },
    { answer: createAnswering(routes, log), times, isProxy, kernel, nowMs },
  );
  server.timeout = stallMs;
  limitConnections(server, limits, log);

  return {
    server,
    listen: (where) => listen(server, where, limits.maxConnections),
    close: () =>
      new Promise((resolve, reject) =>
        server.close((error) => {
          // Not open (any more) is what was wanted.
          if (error === undefined || !server.listening) resolve();
          else reject(error);
        }),
      ),
  };
}

/**
 * A rack that is switched on knocks while the service is busy for a moment. Whom the kernel's queue (`backlog`, and at most
 * net.core.somaxconn) has no room for asks again after one, three, seven … seconds.
 */
function listen(
  server: Server,
  { host, port }: { host: string; port: number },
  backlog: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog }, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}
