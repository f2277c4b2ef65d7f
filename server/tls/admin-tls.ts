import type { Server as TlsServer } from 'node:tls';
import type { Config } from '../../src/config.ts';
import { type Certificate, type CertificateParts, loadCertificate } from './certificate.ts';

/** No older protocol is spoken: RFC 8996. */
const MIN_VERSION = 'TLSv1.2';
const WARN_DAYS = 21;
const DAY_MS = 86_400_000;

/** TLS of the listener for people. */
export interface AdminTls {
  /** What the server is made with; null: plain HTTP. */
  readonly options: { cert: string; key: string; minVersion: 'TLSv1.2' } | null;
  readonly status: () => {
    readonly sha256: string;
    readonly isOwn: boolean;
    readonly validUntil: string;
  } | null;
  readonly warnings: () => string[];
  /** The server to which a renewed certificate is given. */
  attach(server: object): void;
  /** Reads the files again; connections that are open stay. Throws DomainError, and then the old one is shown on. */
  reload(): void;
}

/** Throws DomainError 'storage' where the certificate cannot be used. */
export function openAdminTls(
  { http }: Pick<Config, 'http'>,
  parts: Pick<CertificateParts, 'dataDir' | 'randomBytes'> & { readonly now: () => number },
): AdminTls {
  const { address } = http.listen;
  const load = (): Certificate | null =>
    loadCertificate({ ...parts, tls: http.tls, address, nowMs: parts.now() });
  let certificate = load();
  let attached: Pick<TlsServer, 'setSecureContext'> | undefined;
  const optionsOf = ({ cert, key }: Certificate) => ({ cert, key, minVersion: MIN_VERSION }) as const;
  return {
    options: certificate === null ? null : optionsOf(certificate),
    status: () =>
      certificate && {
        sha256: certificate.sha256,
        isOwn: certificate.isOwn,
        validUntil: certificate.validUntil,
      },
    warnings() {
      if (certificate === null && !address.startsWith('127.'))
        return [
          `http.tls is off: tokens and passwords go to ${address}:${http.listen.port} in the clear; leave it out, or name a certificate`,
        ];
      if (certificate === null || certificate.isOwn) return [];
      const days = Math.floor((Date.parse(certificate.validUntil) - parts.now()) / DAY_MS);
      if (days >= WARN_DAYS) return [];
      const when = days < 0 ? 'is over' : `ends in ${days} days`;
      return [`the certificate of http.tls ${when}; renew it, then: systemctl reload provisiond`];
    },
    attach(server) {
      if ('setSecureContext' in server) attached = server as TlsServer;
    },
    reload() {
      if (attached === undefined) return;
      const next = load();
      if (next === null) return;
      attached.setSecureContext(optionsOf(next));
      certificate = next;
    },
  };
}
