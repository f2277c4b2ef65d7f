import { hostNamesOf } from '../domain/network/fqdn.ts';

/** What Puppet takes as the name of a certificate; its path is made of it. */
const CERTNAME = /^[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?$/;

/** The name of a machine's certificate: its whole host name in lower case; undefined where Puppet would not take it. */
export function certnameOf(hostname: string, domain: string | null): string | undefined {
  const { fqdn } = hostNamesOf(hostname, domain);
  const certname = fqdn.toLowerCase();
  return CERTNAME.test(certname) && !certname.includes('..') ? certname : undefined;
}
