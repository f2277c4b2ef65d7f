import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DomainError } from '../../src/domain/errors.ts';
import { makeSelfSigned } from './self-signed.ts';

/** `http.tls` of the configuration: `auto` is off on loopback, and a certificate of our own elsewhere. */
export type TlsChoice = 'auto' | 'off' | { readonly cert: string; readonly key: string };

/** What the listener shows, in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** SHA-256 of the DER of the certificate, in hexadecimal: what a client pins. */
  readonly sha256: string;
  /** Made here: nobody vouches for it. */
  readonly isOwn: boolean;
  readonly validUntil: string;
}

export interface CertificateParts {
  readonly tls: TlsChoice;
  /** Where the listener listens. */
  readonly address: string;
  readonly dataDir: string;
  readonly nowMs: number;
  readonly randomBytes: (length: number) => Buffer;
}

/**
 * The certificate of the listener for people, or null for plain HTTP. One of our own is made at the first start and stays.
 * Throws DomainError 'storage' where what is there cannot be used.
 */
export function loadCertificate(parts: CertificateParts): Certificate | null {
  const { tls, address, dataDir } = parts;
  if (tls === 'off' || (tls === 'auto' && address.startsWith('127.'))) return null;
  if (tls !== 'auto') return readCertificate(tls, false);
  const files = { cert: join(dataDir, 'tls.crt'), key: join(dataDir, 'tls.key') };
  if (!existsSync(files.cert) || !existsSync(files.key)) makeCertificate(files, parts);
  return readCertificate(files, true);
}

function makeCertificate(files: { cert: string; key: string }, parts: CertificateParts): void {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const addresses = parts.address === '0.0.0.0' ? [] : [parts.address];
  const names = [hostname(), 'localhost'];
  const serial = parts.randomBytes(16);
  const cert = makeSelfSigned({ key, names, addresses, serial, nowMs: parts.nowMs });
  // The key first: a certificate that is there has its key.
  for (const [path, text] of [
    [files.key, key],
    [files.cert, cert],
  ] as const) {
    writeFileSync(`${path}.new`, text, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }
}

function readCertificate(files: { cert: string; key: string }, isOwn: boolean): Certificate {
  const hint = isOwn
    ? `remove ${files.cert} and ${files.key}, and a new one is made; clients have to pin it anew`
    : 'http.tls names a certificate (with its chain) and its key, in PEM';
  try {
    const [cert, key] = [readFileSync(files.cert, 'utf8'), readFileSync(files.key, 'utf8')];
    const mode = statSync(files.key).mode & 0o777;
    if ((mode & 0o077) !== 0)
      throw new DomainError('storage', `${files.key} may be read by others (mode ${mode.toString(8)})`, {
        hint: `chmod 600 ${files.key}, owned by the user of the service`,
      });
    const parsed = new X509Certificate(cert);
    if (!parsed.checkPrivateKey(createPrivateKey(key)))
      throw new Error(`${files.key} is not the key of ${files.cert}`);
    const sha256 = parsed.fingerprint256.replaceAll(':', '').toLowerCase();
    return { cert, key, sha256, isOwn, validUntil: new Date(parsed.validTo).toISOString() };
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw new DomainError('storage', `the certificate cannot be used: ${(error as Error).message}`, { hint });
  }
}
