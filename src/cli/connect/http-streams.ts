import type { IncomingMessage } from 'node:http';
import type { ClientRequest, OpenStream, StreamResponse } from '../../client/transport.ts';
import { requestTo, unreachable } from './http-transport.ts';
import type { ServerAddress } from './server-address.ts';

/** How long the head of an answer may take: a BMC that is away is given up after some tries. */
const HEAD_TIMEOUT_MS = 90_000;

/** Opens answers without an end: to a unix socket or an URL. Redirects are not followed. */
export function httpStreams(address: ServerAddress): OpenStream {
  return async (request, silenceMs) => {
    try {
      const incoming = await head(address, request);
      if (silenceMs !== undefined)
        incoming.setTimeout(silenceMs, () => incoming.destroy(new DOMException('silence', 'TimeoutError')));
      return responseOf(address, incoming, silenceMs);
    } catch (error) {
      throw unreachable(address, error, HEAD_TIMEOUT_MS);
    }
  };
}

async function head(address: ServerAddress, request: ClientRequest): Promise<IncomingMessage> {
  const outgoing = await requestTo(address, request, AbortSignal.timeout(HEAD_TIMEOUT_MS), { agent: false });
  return new Promise((resolve, reject) => {
    const tooLong = setTimeout(() => {
      outgoing.destroy(new DOMException('no answer', 'TimeoutError'));
    }, HEAD_TIMEOUT_MS);
    outgoing.once('error', (error) => {
      clearTimeout(tooLong);
      reject(error);
    });
    outgoing.once('response', (incoming) => {
      clearTimeout(tooLong);
      resolve(incoming);
    });
    outgoing.end(request.body);
  });
}

function responseOf(
  address: ServerAddress,
  incoming: IncomingMessage,
  silenceMs = HEAD_TIMEOUT_MS,
): StreamResponse {
  let closed = false;
  return {
    status: incoming.statusCode ?? 0,
    header: (name) => [incoming.headers[name]].flat()[0] ?? '',
    body: bodyOf(address, incoming, silenceMs, () => closed),
    close: () => {
      closed = true;
      incoming.destroy();
    },
  };
}

/** What comes, to the end; that it was closed here is an end like any other. */
async function* bodyOf(
  address: ServerAddress,
  incoming: IncomingMessage,
  silenceMs: number,
  isClosed: () => boolean,
): AsyncGenerator<Uint8Array> {
  try {
    yield* incoming;
  } catch (error) {
    if (!isClosed()) throw unreachable(address, error, silenceMs);
  }
}
