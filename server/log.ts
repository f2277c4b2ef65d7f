import { type DestinationStream, type Logger, pino } from 'pino';

/**
 * Structured logs on standard error. URLs of installs carry the install's token, so a request is logged by its route
 * and never with the token; headers (which carry API tokens) are not logged at all.
 */
export function createLog(level: string, destination: DestinationStream = pino.destination(2)): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { req: describeRequest, err: pino.stdSerializers.err },
    },
    destination,
  );
}

interface LoggedRequest {
  readonly id?: unknown;
  readonly method?: string;
  readonly url?: string;
  readonly socket?: { readonly remoteAddress?: string | undefined };
}

function describeRequest(request: LoggedRequest): object {
  return {
    id: request.id,
    method: request.method,
    url: withoutToken(request.url ?? ''),
    from: request.socket?.remoteAddress ?? 'unix socket',
  };
}

/**
 * `/i/<token>/kernel` as `/i/…/kernel`, and everything else that has the shape of a token: what no route knows is
 * logged too, with whatever stands in it.
 */
export function withoutToken(url: string): string {
  return url
    .replace(/(\/i\/)[^/?#]*/gi, '$1…')
    .replace(/([?&]token=)[^&#]*/gi, '$1…')
    .replace(/[A-Za-z0-9_-]{43,}/g, '…');
}
