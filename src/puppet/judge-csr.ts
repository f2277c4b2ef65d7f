import type { Secret } from '../domain/access/secret.ts';
import type { Csr } from './csr.ts';

/** What a request must be to be signed: for this name only, with this install's challenge. */
export interface WantedCsr {
  readonly certname: string;
  readonly challenge: Secret;
}

const COMMON_NAME = '2.5.4.3';
const LEAST_RSA_BITS = 2048;
const CURVES = ['ec prime256v1', 'ec secp384r1', 'ec secp521r1'];

/** Names of extensions that people may have asked for; others are told by their number. */
const EXTENSION_NAMES: Readonly<Record<string, string>> = {
  '2.5.29.17': 'subjectAltName',
  '1.3.6.1.4.1.34380.1.3.1': 'pp_authorization',
  '1.3.6.1.4.1.34380.1.3.13': 'pp_auth_role',
  '1.3.6.1.4.1.34380.1.3.39': 'pp_cli_auth',
  '1.3.6.1.4.1.34380.1.1.13': 'pp_role',
};

/**
 * Why a request must not be signed, as a sentence about it; undefined if it may be. Alternative names would let the machine pass for
 * another, and extensions are what Puppet trusts it by, so a request that has any is refused.
 */
export function csrProblem(csr: Csr, { certname, challenge }: WantedCsr): string | undefined {
  if (!csr.isSelfSigned) return 'its signature is not that of its own key, or too weak';
  if (!isGoodKey(csr.keyKind)) return `its key is too weak or of a kind that is not taken (${csr.keyKind})`;
  const [name, ...more] = csr.subject;
  if (name?.type !== COMMON_NAME || name.value !== certname || more.length > 0)
    return `its subject is not CN=${certname}, and nothing else`;
  if (csr.extensions.length > 0) {
    const names = csr.extensions.map((oid) => EXTENSION_NAMES[oid] ?? oid).join(', ');
    return `it asks for extensions, and none is wanted (${names})`;
  }
  if (csr.challenge === null) return 'it has no challenge';
  return csr.challenge.equals(challenge) ? undefined : 'its challenge is not that of this install';
}

function isGoodKey(kind: string): boolean {
  const rsaBits = /^rsa (\d+)$/.exec(kind)?.[1];
  return rsaBits === undefined ? CURVES.includes(kind) : Number(rsaBits) >= LEAST_RSA_BITS;
}
