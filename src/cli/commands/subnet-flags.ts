import type { SubnetEdit } from '../../client/client.ts';
import { DHCP_MODES } from '../../domain/network/dhcp-mode.ts';
import { UsageError } from '../errors.ts';
import { type FlagSpec, type Flags, named } from '../flags/flags.ts';

/** Flags of a subnet's fields, for add and edit. */
export const SUBNET_FLAGS: readonly FlagSpec[] = [
  { flag: '--network <cidr>', help: '10.99.0.0/24', fields: ['network'] },
  { flag: '--gateway <ip>', help: 'router of its machines, or none', fields: ['gateway'] },
  { flag: '--dns <ip,ip>', help: 'DNS servers, or none', repeat: true, fields: ['dnsServers'] },
  { flag: '--ntp <ip,ip>', help: 'NTP servers, or none', repeat: true, fields: ['ntpServers'] },
  { flag: '--domain <domain>', help: 'DNS domain, or none', fields: ['domain'] },
  {
    flag: '--domain-search <a,b>',
    help: 'domains in which short names are looked up, or none',
    repeat: true,
    fields: ['domainSearch'],
  },
  {
    flag: '--range <from-to>',
    help: 'dynamic addresses: 10.99.0.100-10.99.0.199; all of them together, or none',
    repeat: true,
    fields: ['ranges'],
  },
  {
    flag: '--dhcp <mode>',
    help: 'off; authoritative: this server gives the addresses; shared: beside another one; proxy: boot information only',
    fields: ['dhcp'],
  },
  {
    flag: '--exclude <ip or from-to>',
    help: 'never given dynamically though in a range: 10.99.0.150; all of them together, or none',
    repeat: true,
    fields: ['exclusions'],
  },
  { flag: '--lease-seconds <n>', help: 'how long an address is lent', fields: ['leaseSeconds'] },
  {
    flag: '--lease-min <n>',
    help: 'shortest lease that a client may ask for, or none: no choice',
    fields: ['minLeaseSeconds'],
  },
  {
    flag: '--lease-max <n>',
    help: 'longest lease that a client may ask for, or none: no choice',
    fields: ['maxLeaseSeconds'],
  },
  {
    flag: '--next-server <ip>',
    help: 'where machines boot from; none is this server',
    fields: ['nextServer'],
  },
  { flag: '--mtu <bytes>', help: 'MTU of the network, or none', fields: ['mtu'] },
];

/** The fields that the flags name. Throws UsageError. */
export function subnetFields(flags: Flags): Omit<SubnetEdit, 'name'> {
  return named({
    network: flags.text('network'),
    gateway: flags.nullable('gateway'),
    dnsServers: flags.list('dns'),
    ntpServers: flags.list('ntp'),
    domain: flags.nullable('domain'),
    domainSearch: flags.list('domain-search'),
    ranges: flags.list('range')?.map((text) => parseRange('--range', text)),
    exclusions: flags.list('exclude')?.map((text) => parseRange('--exclude', oneAsRange(text))),
    dhcp: flags.oneOf('dhcp', DHCP_MODES),
    leaseSeconds: flags.integer('lease-seconds'),
    minLeaseSeconds: flags.nullableInteger('lease-min'),
    maxLeaseSeconds: flags.nullableInteger('lease-max'),
    nextServer: flags.nullable('next-server'),
    mtu: flags.nullableInteger('mtu'),
  });
}

function parseRange(flag: string, text: string): { from: string; to: string } {
  const [from, to, more] = text.split('-').map((part) => part.trim());
  if (from && to && more === undefined) return { from, to };
  throw new UsageError(`${flag} '${text}' is not a range`, 'write it like 10.99.0.100-10.99.0.199');
}

/** A single address as the range of itself. */
function oneAsRange(text: string): string {
  return text.includes('-') ? text : `${text}-${text}`;
}
