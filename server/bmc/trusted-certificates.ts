import { readFileSync, statSync } from 'node:fs';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';

/** Where distributions keep the authorities that the machine trusts: Debian, Fedora and RHEL, SUSE, Alpine. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** Whom the machine trusts, as its administrator has set it. */
export interface TrustStore {
  /** For one connection; made again only when the file has changed. */
  context(): SecureContext;
}

/**
 * Node brings a list of its own and does not look at the machine's, where a company's authority is. `bundles` are tried in
 * order; where there is none, Node's list it is.
 */
export function createTrustStore(bundles: readonly string[] = BUNDLES): TrustStore {
  let made: { readonly of: string; readonly context: SecureContext } | undefined;
  return {
    context() {
      const bundle = bundles.map(stamped).find((found) => found !== undefined);
      const of = bundle?.stamp ?? 'built in';
      if (made?.of !== of) {
        const ca = bundle === undefined ? [...rootCertificates] : readFileSync(bundle.path, 'utf8');
        made = { of, context: createSecureContext({ ca, minVersion: 'TLSv1.2' }) };
      }
      return made.context;
    },
  };
}

function stamped(path: string): { path: string; stamp: string } | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? undefined : { path, stamp: `${path} ${stat.mtimeMs} ${stat.size}` };
}
