import type { IncomingHttpHeaders } from 'node:http';

/** A GET that came whole in one piece and says nothing unusual. */
export interface PlainRequest {
  readonly url: string;
  /** By their names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** The client wants the connection to be closed, RFC 9112 §9.6. */
  readonly isLast: boolean;
}

/** Longest request that is looked at: those of loaders and installers have some hundred bytes. */
const LIMIT_BYTES = 4096;

/**
 * The first line as RFC 9112 §3 has it, with a path as its target (§3.2.1), printable ASCII only; then lines that have
 * a name, one space and a value without space around it.
 */
const REQUEST = /^GET (\/[!-~]*) HTTP\/1\.1\r\n((?:[A-Za-z-]+: [!-~](?:[ -~]*[!-~])?\r\n)+)\r\n$/;

/** What may be said, each once. None of them says anything of a body, of codings or of who stands between. */
const HEADERS: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'connection',
  'host',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'pragma',
  'range',
  'user-agent',
]);

/**
 * Reads what is exactly one plain request, as nearly all of a booting machine's are. Undefined for everything else, wrong or
 * only unusual: half a request, two of them, a body, a name that is not in the table or stands twice. Whoever reads those by
 * the book must not find another request in what was taken for one here.
 */
export function readPlainRequest(bytes: Buffer): PlainRequest | undefined {
  if (bytes.length > LIMIT_BYTES) return undefined;
  const match = REQUEST.exec(bytes.toString('latin1'));
  if (match === null) return undefined;
  const [, url = '', lines = ''] = match;
  const headers: Record<string, string> = {};
  for (let at = 0; at < lines.length; ) {
    const colon = lines.indexOf(': ', at);
    const end = lines.indexOf('\r\n', colon);
    const name = lines.slice(at, colon).toLowerCase();
    if (!HEADERS.has(name) || headers[name] !== undefined) return undefined;
    headers[name] = lines.slice(colon + 2, end);
    at = end + 2;
  }
  const connection = headers['connection']?.toLowerCase() ?? 'keep-alive';
  // RFC 9112 §3.2: a request without a host is a wrong one.
  if (headers['host'] === undefined || (connection !== 'keep-alive' && connection !== 'close'))
    return undefined;
  return { url, headers, isLast: connection === 'close' };
}
