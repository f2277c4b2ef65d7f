import type { IncomingHttpHeaders } from 'node:http';
import type { Outlet } from './outlet.ts';

/** A request as handlers see it, whoever has read it off the wire. */
export interface BootRequest extends AsyncIterable<Buffer> {
  readonly method?: string | undefined;
  /** The target as it stands in the first line. */
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** Null once Node has let go of a connection that was cut off. */
  readonly socket: {
    readonly remoteAddress?: string | undefined;
    readonly localAddress?: string | undefined;
  } | null;
}

/** What a machine is given, whoever writes it to the wire. */
export interface BootAnswer {
  readonly status: number;
  /** Name, value, name, value; all but `date` and those of the connection. */
  readonly headers: readonly string[];
  /** A streamed one holds a file open: whoever takes the answer calls it once, also when the machine is gone. */
  readonly body?: string | Buffer | ((outlet: Outlet) => Promise<void>);
}

export const PLAIN_TEXT = 'text/plain; charset=utf-8';

/** An answer that is made already; `headers` are those beside its type and length. */
export function wholeAnswer(
  status: number,
  type: string,
  body: string | Buffer,
  headers: readonly string[] = [],
): BootAnswer {
  const length = String(Buffer.byteLength(body));
  return { status, headers: ['content-type', type, 'content-length', length, ...headers], body };
}

/** An answer that had no body, with one. Not by a spread, which takes longer than the rest of a short answer. */
export function withBody({ status, headers }: BootAnswer, body: NonNullable<BootAnswer['body']>): BootAnswer {
  return { status, headers, body };
}
