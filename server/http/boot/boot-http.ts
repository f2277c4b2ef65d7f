import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { noSuchRoute, PROBLEM_TYPE, type Problem, problemOf } from '../errors.ts';
import type { HttpApp } from '../http-listener.ts';
import { limitConnections } from './limit-connections.ts';
import { createRouter, type Route, type RouteSearch } from './routes.ts';

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

const HEADERS_MS = 20_000;
/** For a whole request, with a report's body. */
const REQUEST_MS = 60_000;
/** How long a connection stays open for the next request. */
const KEEP_ALIVE_MS = 75_000;
const CHECK_MS = 5_000;
const HEADERS_BYTES = 16 * 1024;

/**
 * The HTTP server of booting machines: plain node:http, because what a framework does for each request costs more than
 * the answer. A request is logged when its answer has left: at `debug`, those that were refused at `info`.
 */
export function createBootHttp(routes: readonly Route[], limits: BootHttpLimits, log: Logger): HttpApp {
  const search = createRouter(routes);
  const { headersMs = HEADERS_MS } = limits;
  let requests = 0;
  const server = createServer(
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
    (request, response) => {
      requests += 1;
      void answer(request, response, `boot-${requests}`);
    },
  );
  server.timeout = limits.stallMs;
  limitConnections(server, limits, log);

  const answer = async (request: IncomingMessage, response: ServerResponse, id: string): Promise<void> => {
    const found = search(request.method ?? '', request.url ?? '');
    let failure: unknown;
    try {
      if (typeof found === 'object') await found.route.handle(request, response, found.params);
      else sendProblem(response, problemOfSearch(found, request));
    } catch (error) {
      failure = error;
      const problem = problemOf(error, id);
      if (problem.isOurs) log.error({ req: { id, ...lineOf(request) }, err: error }, 'request failed');
      if (response.headersSent) response.destroy();
      else sendProblem(response, problem);
    }
    if (response.statusCode >= 400 && failure === undefined) {
      log.info({ req: { id, ...lineOf(request) }, status: response.statusCode }, 'request refused');
    } else if (log.isLevelEnabled('debug')) {
      log.debug({ req: { id, ...lineOf(request) }, status: response.statusCode }, 'request answered');
    }
  };

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

function lineOf({ method, url, socket }: IncomingMessage): object {
  return { method, url, socket: { remoteAddress: socket.remoteAddress } };
}

function problemOfSearch(
  found: Exclude<RouteSearch, object>,
  { method = '', url = '' }: IncomingMessage,
): Problem {
  if (found === 'unknown') return noSuchRoute(method, url);
  return problemOf({ statusCode: 400, message: 'the path is not percent-encoded UTF-8' }, '');
}

function sendProblem(response: ServerResponse, { status, body }: Problem): void {
  const text = JSON.stringify(body);
  const headers = ['content-type', PROBLEM_TYPE, 'content-length', String(Buffer.byteLength(text))];
  // What is left of a body that was refused is not read, so nothing can come after it.
  if (status === 413) headers.push('connection', 'close');
  response.writeHead(status, headers).end(text);
}
