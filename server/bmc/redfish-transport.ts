import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import type { BmcTarget } from '../../src/domain/power/bmc-driver.ts';
import { BmcError } from '../../src/domain/power/bmc-error.ts';
import type { RedfishRequest, RedfishResponse, RedfishTransport } from '../../src/redfish/transport.ts';
import { connectionError, fingerprintOf, notThePinned, untrusted } from './tls-refusal.ts';
import type { TrustStore } from './trusted-certificates.ts';

const HTTPS_PORT = 443;

export interface RedfishLimits {
  /** For the connection with its handshake; old BMCs take some seconds for RSA. */
  readonly connectMs: number;
  /** For one request with its whole answer, however slowly it drips. */
  readonly requestMs: number;
  readonly bodyBytes: number;
}

const LIMITS: RedfishLimits = { connectMs: 10_000, requestMs: 60_000, bodyBytes: 4 * 1024 * 1024 };

/**
 * HTTPS to one BMC over one connection that is kept for the session. A pinned certificate (SHA-256 of the BMC's own) must be
 * exactly that one, whatever names it holds and whoever signed it; otherwise the machine's trust decides. Not a byte
 * of HTTP, and so no password, leaves before the certificate has been judged.
 */
export function createRedfishTransport(
  target: BmcTarget,
  trust: TrustStore,
  limits: RedfishLimits = LIMITS,
): RedfishTransport {
  const agent = new JudgedAgent(target, trust, limits.connectMs);
  return {
    send: (request, signal) => send(target, agent, request, limits, signal),
    close: () => agent.destroy(),
  };
}

/** Opens connections that are handed out only after their certificate has been judged. */
class JudgedAgent extends Agent {
  readonly #target: BmcTarget;
  readonly #trust: TrustStore;
  readonly #connectMs: number;
  readonly #connecting = new Set<TLSSocket>();

  constructor(target: BmcTarget, trust: TrustStore, connectMs: number) {
    super({ keepAlive: true, maxSockets: 1 });
    this.#target = target;
    this.#trust = trust;
    this.#connectMs = connectMs;
  }

  override createConnection(
    _options: unknown,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const { address, port, certificate } = this.#target;
    const options: ConnectionOptions = {
      host: address,
      port: port ?? HTTPS_PORT,
      minVersion: 'TLSv1.2',
      // Judged below, where a refusal can name the fingerprint.
      rejectUnauthorized: false,
      ...(certificate === null ? { secureContext: this.#trust.context() } : {}),
    };
    const socket = connect(options);
    this.#connecting.add(socket);
    const settle = (error: Error | null): void => {
      clearTimeout(timer);
      this.#connecting.delete(socket);
      socket.removeAllListeners('error').removeAllListeners('close').removeAllListeners('secureConnect');
      if (error !== null) {
        socket.on('error', () => undefined).destroy();
      }
      callback?.(error, socket);
    };
    const timer = setTimeout(
      () => settle(new BmcError('unreachable', `no connection within ${this.#connectMs} ms`)),
      this.#connectMs,
    );
    socket.on('secureConnect', () => settle(judge(socket, this.#target) ?? null));
    socket.on('error', (error) => settle(connectionError(error)));
    socket.on('close', () =>
      settle(new BmcError('timeout', 'the connection broke off in the TLS handshake')),
    );
    return undefined;
  }

  /** Also what is not connected yet, of which an Agent does not know. */
  override destroy(): void {
    for (const socket of this.#connecting) socket.destroy();
    super.destroy();
  }
}

function judge(socket: TLSSocket, target: BmcTarget): BmcError | undefined {
  const fingerprint = fingerprintOf(socket);
  if (target.certificate !== null) {
    const isPinned = fingerprint === target.certificate.replaceAll(':', '').toLowerCase();
    return isPinned ? undefined : notThePinned(target.system, target.certificate, fingerprint);
  }
  // A string or an Error, by the version of Node and what it was.
  const fault: unknown = socket.authorized
    ? checkServerIdentity(target.address, socket.getPeerCertificate())
    : (socket.authorizationError ?? 'unknown');
  if (fault === undefined) return undefined;
  const code = typeof fault === 'string' ? fault : ((fault as { code?: string }).code ?? 'unknown');
  return untrusted(target.system, code, fingerprint);
}

function send(
  target: BmcTarget,
  agent: Agent,
  { method, path, headers, body }: RedfishRequest,
  limits: RedfishLimits,
  signal: AbortSignal,
): Promise<RedfishResponse> {
  return new Promise((resolve, reject) => {
    const bytes = body === null ? undefined : Buffer.from(body, 'utf8');
    const length = bytes === undefined ? {} : { 'content-length': bytes.length };
    const request = httpsRequest({
      agent,
      host: target.address,
      port: target.port ?? HTTPS_PORT,
      method,
      path,
      headers: { ...headers, ...length },
    });
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      act();
    };
    const fail = (error: BmcError): void => {
      settle(() => reject(error));
      request.destroy();
    };
    const abort = (): void => fail(new BmcError('timeout', `${method} ${path} was given up`));
    const timer = setTimeout(
      () =>
        fail(new BmcError('timeout', `no whole answer to ${method} ${path} within ${limits.requestMs} ms`)),
      limits.requestMs,
    );
    signal.addEventListener('abort', abort);
    if (signal.aborted) return abort();
    request.on('error', (error) => {
      // The BMC closed the idle connection just when we wrote: what only reads is asked again on a new one.
      if (request.reusedSocket && method === 'GET' && (error as { code?: string }).code === 'ECONNRESET')
        settle(() => resolve(send(target, agent, { method, path, headers, body }, limits, signal)));
      else fail(connectionError(error));
    });
    request.on('response', (response) => {
      readBody(response, limits.bodyBytes).then(
        (text) => settle(() => resolve(answerOf(response, text))),
        (error: unknown) => fail(connectionError(error)),
      );
    });
    request.end(bytes);
  });
}

async function readBody(response: IncomingMessage, most: number): Promise<string> {
  const encoding = response.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity')
    throw new BmcError('malformed', 'answered in a compression that was not asked for');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) throw new BmcError('malformed', `answered with more than ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function answerOf(response: IncomingMessage, text: string): RedfishResponse {
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  );
  return { status: response.statusCode ?? 0, headers, text };
}
