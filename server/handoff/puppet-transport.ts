import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { printable } from '../../src/domain/printable.ts';
import type { CaRequest, CaResponse, CaTransport } from '../../src/puppet/ca.ts';
import { CaError } from '../../src/puppet/ca-error.ts';

/** Where a CA is, and the files that say who it is and who we are. */
export interface CaAccess {
  readonly url: string;
  /** Certificate of the CA, and of the authorities above it. */
  readonly caFile: string;
  /** Certificate of this service, and its key. */
  readonly certFile: string;
  readonly keyFile: string;
}

/** For one request with its whole answer; signing takes a second where the CA has much to do. */
const REQUEST_MS = 30_000;
const MOST_BYTES = 1024 * 1024;

/**
 * HTTPS to a Puppet CA: both sides show a certificate, and only that CA's is believed. The files are read for each request,
 * so that renewed ones count at once. No redirection is followed.
 */
export function createCaTransport(access: CaAccess, requestMs: number = REQUEST_MS): CaTransport {
  return async (request, signal) => {
    const within = AbortSignal.any([signal, AbortSignal.timeout(requestMs)]);
    try {
      const [ca, cert, key] = await Promise.all(
        [access.caFile, access.certFile, access.keyFile].map((path) => readFile(path)),
      );
      return await send({ ca, cert, key }, new URL(access.url), request, within);
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof CaError ? error : new CaError('unreachable', reasonOf(error, requestMs));
    }
  };
}

type Identity = Readonly<Record<'ca' | 'cert' | 'key', Buffer | undefined>>;

function send(
  identity: Identity,
  base: URL,
  { method, path, body }: CaRequest,
  signal: AbortSignal,
): Promise<CaResponse> {
  const bytes = body === null ? undefined : Buffer.from(JSON.stringify(body), 'utf8');
  const headers =
    bytes === undefined ? {} : { 'content-type': 'application/json', 'content-length': bytes.length };
  return new Promise((resolve, reject) => {
    const request = httpsRequest({
      ...identity,
      minVersion: 'TLSv1.2',
      host: base.hostname,
      port: base.port === '' ? 443 : Number(base.port),
      method,
      path,
      headers,
      // A few requests an install: a connection that is kept would only be one more thing to end.
      agent: false,
      signal,
    });
    request.on('error', reject);
    request.on('response', (response) => {
      readBody(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject);
    });
    request.end(bytes);
  });
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new CaError('unreachable', `answers with more than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function reasonOf(error: unknown, requestMs: number): string {
  const { name, code, message } = error as { name?: string; code?: string; message?: string };
  if (name === 'AbortError' || name === 'TimeoutError') return `does not answer within ${requestMs / 1000} s`;
  return `cannot be reached: ${printable(code === undefined ? String(message) : `${code}, ${message}`).slice(0, 300)}`;
}
