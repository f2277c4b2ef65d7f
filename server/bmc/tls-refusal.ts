import type { TLSSocket } from 'node:tls';
import { BmcError } from '../../src/domain/power/bmc-error.ts';

/** SHA-256 of the certificate that the other side shows for itself: 64 hex digits; undefined where it shows none. */
export function fingerprintOf(socket: TLSSocket): string | undefined {
  // Not the whole chain: what is pinned is the BMC's own certificate.
  const certificate = socket.getPeerCertificate(false);
  return certificate.fingerprint256?.replaceAll(':', '').toLowerCase();
}

/** Why a certificate is not trusted, by OpenSSL's codes (X509_V_ERR_*) and Node's own. */
const CERTIFICATE_FAULTS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its authority is none that this server trusts',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its authority is none that this server trusts',
  UNABLE_TO_GET_ISSUER_CERT: 'its authority is none that this server trusts',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its authority is none that this server trusts',
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet (or the clock is wrong)',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another name or address',
};

/** A certificate that is not trusted: names the fingerprint that was shown, and the command that pins it. */
export function untrusted(system: string, code: string, fingerprint: string | undefined): BmcError {
  const fault = CERTIFICATE_FAULTS[code] ?? `it cannot be checked (${code})`;
  const shown = fingerprint ?? 'unknown';
  return new BmcError(
    'certificate',
    `shows a certificate that is not trusted: ${fault}. Its SHA-256 fingerprint is ${shown}; compare it at the BMC, ` +
      `then: provision system edit ${system} --bmc-certificate ${shown}`,
  );
}

/** A certificate other than the pinned one: a new one of the BMC's, or somebody in between. */
export function notThePinned(system: string, pinned: string, fingerprint: string | undefined): BmcError {
  return new BmcError(
    'certificate',
    `shows a certificate with the SHA-256 fingerprint ${fingerprint ?? 'unknown'}, and ${pinned} is pinned. If the BMC ` +
      `has got a new one, compare it there, then: provision system edit ${system} --bmc-certificate ${fingerprint ?? ''}`,
  );
}

const OLD_TLS =
  'speaks only TLS 1.0 or 1.1, which are not safe for a password: update its firmware, or switch TLS 1.2 on in its web ' +
  'page; until then --bmc-driver ipmi';
const WEAK_KEYS =
  'uses keys or ciphers that are too weak to be safe: update its firmware and give it a new certificate (RSA with 2048 ' +
  'bits or more); until then --bmc-driver ipmi';

/** What OpenSSL says when the two sides have no TLS in common. */
const HANDSHAKE_FAULTS: readonly (readonly [RegExp, string])[] = [
  [
    /UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|VERSION_TOO_LOW|unsupported protocol|alert protocol version/i,
    OLD_TLS,
  ],
  [
    /(KEY|MD)_TOO_(SMALL|WEAK)|DH_KEY|key too small|NO_SHARED_CIPHER|LEGACY_RENEGOTIATION|HANDSHAKE_FAILURE|handshake failure/i,
    WEAK_KEYS,
  ],
  [
    /WRONG_VERSION_NUMBER|wrong version number|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG/i,
    'speaks no TLS on this port; check --bmc-port',
  ],
];

/** System calls' errors before anything was answered. */
const UNREACHABLE = [
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ETIMEDOUT',
  'ENETDOWN',
  'EADDRNOTAVAIL',
];

/** The typed error of a connection that failed by itself. Only codes are quoted, never what was sent. */
export function connectionError(error: unknown): BmcError {
  if (error instanceof BmcError) return error;
  const { code = '', message = '' } = error as { code?: string; message?: string };
  const fault = HANDSHAKE_FAULTS.find(([pattern]) => pattern.test(code) || pattern.test(message));
  if (fault !== undefined) return new BmcError('unsupported', fault[1]);
  if (UNREACHABLE.includes(code)) return new BmcError('unreachable', `the connection failed (${code})`);
  if (code.startsWith('HPE_'))
    return new BmcError('malformed', `answered with something that is no HTTP (${code})`);
  return new BmcError('timeout', `the connection broke off${code === '' ? '' : ` (${code})`}`);
}
