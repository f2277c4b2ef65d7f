import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { printable } from '../domain/printable.ts';
import { CaError } from './ca-error.ts';

export interface CaRequest {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  readonly path: string;
  /** Sent as JSON. */
  readonly body: object | null;
}

export interface CaResponse {
  readonly status: number;
  readonly text: string;
}

/** Carries one request to the CA, by TLS with our certificate. Throws CaError `unreachable`. */
export type CaTransport = (request: CaRequest, signal: AbortSignal) => Promise<CaResponse>;

/** `requested`: waits for somebody to sign it. Null: the CA knows nothing of this name. */
export type CertificateState = 'requested' | 'signed' | 'revoked' | null;

/** The certificate authority of a Puppet server. Everything throws CaError where it fails. */
export interface PuppetCa {
  stateOf(certname: string, signal: AbortSignal): Promise<CertificateState>;
  /** The request that waits, in PEM; undefined without one. */
  findRequest(certname: string, signal: AbortSignal): Promise<string | undefined>;
  /** The public key (SubjectPublicKeyInfo) of the certificate that was signed; undefined without one. */
  findCertificateKey(certname: string, signal: AbortSignal): Promise<Buffer | undefined>;
  /** Signs what waits under this name. */
  sign(certname: string, signal: AbortSignal): Promise<void>;
  /** Revokes and forgets whatever there is of this name, and proves that it is gone; true if there was something. */
  clean(certname: string, signal: AbortSignal): Promise<boolean>;
}

const BASE = '/puppet-ca/v1';
const status = z.looseObject({ state: z.enum(['requested', 'signed', 'revoked']) });

/** Speaks the HTTP API of Puppet server's CA, version 1, over a transport. */
export function createPuppetCa(send: CaTransport): PuppetCa {
  const ask = async (
    method: CaRequest['method'],
    noun: string,
    certname: string,
    signal: AbortSignal,
    body: object | null = null,
  ): Promise<CaResponse | undefined> => {
    const path = `${BASE}/${noun}/${encodeURIComponent(certname)}`;
    const response = await send({ method, path, body }, signal);
    if (response.status === 404) return undefined;
    if (response.status >= 200 && response.status < 300) return response;
    throw refusalOf(response);
  };
  const stateOf: PuppetCa['stateOf'] = async (certname, signal) => {
    const response = await ask('GET', 'certificate_status', certname, signal);
    if (response === undefined) return null;
    const read = status.safeParse(jsonOf(response.text));
    if (read.success) return read.data.state;
    throw new CaError('refused', 'answers with something other than the state of a certificate');
  };
  const setState = async (certname: string, state: 'signed' | 'revoked', signal: AbortSignal) => {
    const response = await ask('PUT', 'certificate_status', certname, signal, { desired_state: state });
    if (response === undefined) throw new CaError('refused', `knows nothing of ${certname} any more`);
  };
  return {
    stateOf,
    findRequest: async (certname, signal) =>
      (await ask('GET', 'certificate_request', certname, signal))?.text,
    findCertificateKey: async (certname, signal) => {
      const response = await ask('GET', 'certificate', certname, signal);
      return response === undefined ? undefined : keyOf(response.text);
    },
    sign: (certname, signal) => setState(certname, 'signed', signal),
    async clean(certname, signal) {
      const before = await stateOf(certname, signal);
      if (before === null) return false;
      // Deleted without being revoked, a certificate would stay good until it expires. The endpoint `clean` does both, but leaves requests.
      if (before === 'signed') await setState(certname, 'revoked', signal);
      await ask('DELETE', 'certificate_status', certname, signal);
      const after = await stateOf(certname, signal);
      if (after === null) return true;
      throw new CaError('refused', `still has ${certname} (${after}) after it was to forget it`);
    },
  };
}

function refusalOf({ status: code, text }: CaResponse): CaError {
  const words = printable(text.trim().slice(0, 300));
  if (code === 401 || code === 403)
    return new CaError('forbidden', `does not let this service's certificate do that (status ${code})`);
  return new CaError('refused', `says no (status ${code}): ${words}`);
}

function keyOf(pem: string): Buffer {
  try {
    return new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' });
  } catch {
    throw new CaError('refused', 'answers with something other than a certificate');
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
