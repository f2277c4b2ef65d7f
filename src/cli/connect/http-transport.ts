import { request as httpRequest, type ClientRequest as Outgoing, type RequestOptions } from 'node:http';
import { connect } from 'node:net';
import { Unreachable, type UnreachableReason } from '../../client/errors.ts';
import type { ClientRequest, ClientResponse, Transport } from '../../client/transport.ts';
import type { ServerCertificate } from '../deps.ts';
import { formatServerAddress, type ServerAddress } from './server-address.ts';

/** How long one request may take in all. */
const TIMEOUT_MS = 30_000;

/**
 * The transport of the real program. By node:http: `fetch` reaches neither unix sockets nor servers with a pinned certificate, and
 * costs more to load than all the rest of a command. Redirects are not followed: they would take the token elsewhere.
 */
export function httpTransport(address: ServerAddress, usualMs: number = TIMEOUT_MS): Transport {
  return async (request) => {
    const { timeoutMs = usualMs } = request;
    try {
      return await send(address, request, AbortSignal.timeout(timeoutMs));
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

/** On demand: most commands go by a socket, or by what the machine trusts. */
const tls = () => import('./tls-certificate.ts');

/**
 * A request on its way to the server, without a body as yet. A pinned certificate is compared before anything is sent;
 * `signal` ends that wait, and what is to end the request stands in `options`.
 */
export async function requestTo(
  address: ServerAddress,
  { method, path, headers }: ClientRequest,
  signal: AbortSignal,
  options: RequestOptions = {},
): Promise<Outgoing> {
  const base = address.kind === 'unix' ? 'http://localhost' : address.url;
  const request = base.startsWith('https:') ? (await import('node:https')).request : httpRequest;
  const connection = await connectionTo(address, signal);
  return request(base + path, { ...options, ...connection, method, headers: { ...headers } });
}

/** How the connection is made, where an URL does not say it. With an agent of any kind, Node would ask that one for it. */
async function connectionTo(address: ServerAddress, signal: AbortSignal): Promise<RequestOptions> {
  if (address.kind === 'unix') return { agent: undefined, createConnection: () => connect(address.path) };
  if (address.certificate === undefined) return {};
  const socket = await (await tls()).openPinned(address.url, address.certificate, signal);
  return { agent: undefined, createConnection: () => socket };
}

async function send(
  address: ServerAddress,
  request: ClientRequest,
  signal: AbortSignal,
): Promise<ClientResponse> {
  const outgoing = await requestTo(address, request, signal, { signal });
  const { body } = request;
  if (body !== undefined) outgoing.setHeader('content-length', Buffer.byteLength(body));
  return new Promise((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        resolve({
          status: incoming.statusCode ?? 0,
          contentType: incoming.headers['content-type'] ?? '',
          text: Buffer.concat(chunks).toString('utf8'),
        });
      });
    });
    outgoing.end(body);
  });
}

const REASON_OF: Readonly<Record<string, UnreachableReason>> = {
  ENOENT: 'no-socket',
  ENOTSOCK: 'no-socket',
  ECONNREFUSED: 'refused',
  EACCES: 'not-permitted',
  EPERM: 'not-permitted',
  ETIMEDOUT: 'timeout',
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

/** A request that was ended says only that; why is in the causes below it. */
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
