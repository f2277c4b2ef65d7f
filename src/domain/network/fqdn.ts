/** A machine's names, as its operating system and its certificates have them. */
export interface HostNames {
  /** First label of the host name. */
  readonly label: string;
  readonly domain: string | null;
  /** Host name with domain; the host name alone without one. */
  readonly fqdn: string;
}

/** A host name may be whole already; one without a dot gets `domain` put behind it. */
export function hostNamesOf(hostname: string, domain: string | null): HostNames {
  const [label = hostname, ...rest] = hostname.split('.');
  const own = rest.length > 0 ? rest.join('.') : domain;
  return { label, domain: own, fqdn: own === null ? label : `${label}.${own}` };
}
