import { request as httpRequest, type RequestOptions } from 'node:http';
import { Unreachable, type UnreachableReason } from '../client/errors.ts';
import type { ClientRequest, ClientResponse, Transport } from '../client/transport.ts';
import type { ServerCertificate } from './deps.ts';
import { formatServerAddress, type ServerAddress } from './server-address.ts';

/** How long one request may take in all. */
const TIMEOUT_MS = 30_000;

/**
 * The transport of the real program: the one file of the command that owns a socket. URLs go by `fetch`, unix
 * sockets and servers with a pinned certificate by node:http, which `fetch` cannot reach. Redirects are not followed: they would take the token elsewhere.
 */
export function httpTransport(address: ServerAddress, usualMs: number = TIMEOUT_MS): Transport {
  const send = sendOver(address);
  return async (request) => {
    const { timeoutMs = usualMs } = request;
    try {
      return await send(request, AbortSignal.timeout(timeoutMs));
    } catch (error) {
      throw unreachable(address, error, timeoutMs);
    }
  };
}

/** The certificate that a server shows, and whether this machine trusts it. Throws `Unreachable`. */
export async function certificateOf(url: string, timeoutMs: number = TIMEOUT_MS): Promise<ServerCertificate> {
  try {
    return await (await tls()).readCertificate(url, timeoutMs);
  } catch (error) {
    throw unreachable({ kind: 'url', url }, error, timeoutMs);
  }
}

function sendOver(address: ServerAddress): Send {
  if (address.kind === 'unix') return overNode(async () => ({ socketPath: address.path }), 'localhost', '');
  const { url, certificate } = address;
  if (certificate === undefined) return overUrl(url);
  const { host, pathname } = new URL(url);
  const open = async (signal: AbortSignal) => {
    const socket = await (await tls()).openPinned(url, certificate, signal);
    // With an agent of any kind, Node would ask that one for the connection.
    return { agent: undefined, createConnection: () => socket };
  };
  return overNode(open, host, pathname.replace(/\/+$/, ''));
}

/** On demand: most commands go by a socket, or by what the machine trusts. */
const tls = () => import('./tls-certificate.ts');

type Send = (request: ClientRequest, signal: AbortSignal) => Promise<ClientResponse>;

function overUrl(base: string): Send {
  return async ({ method, path, headers, body }, signal) => {
    const response = await fetch(base + path, {
      method,
      headers: { ...headers },
      body: body ?? null,
      redirect: 'manual',
      signal,
    });
    return {
      status: response.status,
      contentType: response.headers.get('content-type') ?? '',
      text: await response.text(),
    };
  };
}

/** By node:http, over a connection that `fetch` cannot make. */
function overNode(open: (signal: AbortSignal) => Promise<RequestOptions>, host: string, base: string): Send {
  return async ({ method, path, headers, body }, signal) => {
    const connection = await open(signal);
    return new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const outgoing = httpRequest(
        {
          agent: false,
          ...connection,
          method,
          path: base + path,
          headers: { host, ...headers, ...length },
          signal,
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', reject);
          incoming.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            resolve({
              status: incoming.statusCode ?? 0,
              contentType: incoming.headers['content-type'] ?? '',
              text,
            });
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  };
}

const REASON_OF: Readonly<Record<string, UnreachableReason>> = {
  ENOENT: 'no-socket',
  ENOTSOCK: 'no-socket',
  ECONNREFUSED: 'refused',
  EACCES: 'not-permitted',
  EPERM: 'not-permitted',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  ENOTFOUND: 'unknown-name',
  EAI_AGAIN: 'unknown-name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'untrusted-certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'untrusted-certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'untrusted-certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'untrusted-certificate',
  CERT_HAS_EXPIRED: 'untrusted-certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'untrusted-certificate',
  CERTIFICATE_CHANGED: 'certificate-changed',
  EPROTO: 'no-tls',
  ERR_SSL_WRONG_VERSION_NUMBER: 'no-tls',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'no-tls',
};

const WORDS: Readonly<Record<Exclude<UnreachableReason, 'timeout' | 'broken'>, string>> = {
  'no-socket': 'there is no such socket',
  refused: 'nobody listens there',
  'not-permitted': 'you may not use it',
  'unknown-name': 'its name is not known',
  'untrusted-certificate': 'its certificate is not trusted',
  'certificate-changed': 'its certificate is another one',
  'no-tls': 'it does not speak TLS there',
};

/** What went wrong on the way to the server, in words. */
export function unreachable(address: ServerAddress, error: unknown, timeoutMs: number): Unreachable {
  const code = codeOf(error);
  const reason = isTimeout(error) ? 'timeout' : (REASON_OF[code ?? ''] ?? 'broken');
  const where = formatServerAddress(address);
  if (reason === 'timeout') {
    return new Unreachable(where, reason, `none within ${timeoutMs / 1000} s`, { cause: error });
  }
  const words = reason === 'broken' ? 'the connection broke' : WORDS[reason];
  const what = reason === 'certificate-changed' ? undefined : code;
  return new Unreachable(where, reason, `${words} (${what ?? innermost(error).message})`, { cause: error });
}

/** `fetch` says only "fetch failed"; what failed is in the causes below it. */
function causes(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let at = error; at instanceof Error && chain.length < 5; at = at.cause) chain.push(at);
  return chain;
}

function innermost(error: unknown): Error {
  return causes(error).at(-1) ?? new Error(String(error));
}

function codeOf(error: unknown): string | undefined {
  const codes = causes(error).map((one) => ('code' in one ? one.code : undefined));
  return codes.find((code) => typeof code === 'string' && code !== 'ABORT_ERR') as string | undefined;
}

function isTimeout(error: unknown): boolean {
  return causes(error).some((one) => one.name === 'TimeoutError');
}
