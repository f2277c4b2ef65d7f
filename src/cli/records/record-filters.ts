import { parseMac } from '../../domain/network/mac.ts';
import type { Subnet } from '../../domain/network/subnet.ts';
import type { Distro } from '../../domain/records/distro.ts';
import type { Profile } from '../../domain/records/profile.ts';
import type { System } from '../../domain/records/system.ts';
import type { FlagSpec } from '../flags/flags.ts';

/** One thing that records are found by: the values of a record of which one has to be like the pattern. */
export interface RecordFilter<Rec> extends FlagSpec {
  readonly valuesOf: (record: Rec) => readonly (string | null | undefined)[];
  /** The pattern as records spell it, where people spell it in several ways. */
  readonly canonical?: (pattern: string) => string;
  /** What the server's list is asked for by this pattern, as far as it can do it itself: the rest is done here. */
  readonly query?: (pattern: string) => Readonly<Record<string, string>>;
}

/** Patterns as the server knows them have no sets. */
const asGlob = (key: string) => (pattern: string) => (/[[\]]/.test(pattern) ? {} : { [key]: pattern });
/** Fields of which the server knows whole values only. */
const asWhole = (key: string) => (pattern: string) => (/[*?[\]]/.test(pattern) ? {} : { [key]: pattern });

/** What the server's list is asked for by the names that are wanted. */
export function nameQuery(names: readonly string[]): Readonly<Record<string, string>> {
  const [only, ...more] = names;
  return only === undefined || more.length > 0 ? {} : asGlob('name')(only);
}

export const DISTRO_FILTERS: readonly RecordFilter<Distro>[] = [
  { flag: '--family <glob>', help: 'debian, redhat or image', valuesOf: ({ family }) => [family] },
  { flag: '--version <glob>', help: '13*', valuesOf: ({ version }) => [version] },
  { flag: '--arch <glob>', help: 'x86_64 or aarch64', valuesOf: ({ arch }) => [arch] },
  { flag: '--tree <glob>', help: "its install tree: 'http://mirror*'", valuesOf: ({ tree }) => [tree] },
];

export const PROFILE_FILTERS: readonly RecordFilter<Profile>[] = [
  { flag: '--distro <glob>', help: 'what it installs', valuesOf: ({ distro }) => [distro] },
  { flag: '--install <glob>', help: 'installer or image', valuesOf: ({ install }) => [install] },
  { flag: '--answer-file <glob>', help: 'its answer file', valuesOf: ({ answerFile }) => [answerFile] },
  { flag: '--handoff <glob>', help: 'what configures its machines', valuesOf: ({ handoff }) => [handoff] },
];

export const SUBNET_FILTERS: readonly RecordFilter<Subnet>[] = [
  { flag: '--network <glob>', help: "'10.99.*'", valuesOf: ({ network }) => [network] },
  { flag: '--gateway <glob>', help: 'its router', valuesOf: ({ gateway }) => [gateway] },
  { flag: '--dhcp <glob>', help: 'off, authoritative, shared or proxy', valuesOf: ({ dhcp }) => [dhcp] },
  { flag: '--domain <glob>', help: 'its DNS domain', valuesOf: ({ domain }) => [domain] },
];

export const SYSTEM_FILTERS: readonly RecordFilter<System>[] = [
  {
    flag: '--profile <glob>',
    help: 'what is installed on it',
    query: asWhole('profile'),
    valuesOf: ({ profile }) => [profile],
  },
  { flag: '--role <glob>', help: 'what it is for', query: asWhole('role'), valuesOf: ({ roles }) => roles },
  {
    flag: '--hostname <glob>',
    help: 'its host name',
    query: asGlob('hostname'),
    valuesOf: ({ hostname }) => [hostname],
  },
  {
    flag: '--ip <glob>',
    help: "an address of it: '10.99.0.*'",
    query: asWhole('ip'),
    valuesOf: ({ interfaces }) => interfaces.map(({ ip }) => ip),
  },
  {
    flag: '--mac <glob>',
    help: "a MAC of it, in any usual spelling, or '52:54:00:*'",
    query: asGlob('mac'),
    valuesOf: ({ interfaces }) => interfaces.flatMap(({ mac, seenMac }) => [mac, seenMac]),
    canonical: (pattern) => parseMac(pattern) ?? pattern,
  },
  {
    flag: '--subnet <glob>',
    help: 'where it has an address',
    valuesOf: ({ interfaces }) => interfaces.map(({ subnet }) => subnet),
  },
  {
    flag: '--bmc <glob>',
    help: 'address of its BMC',
    query: asWhole('bmc'),
    valuesOf: ({ bmc }) => [bmc?.address],
  },
  {
    flag: '--state <glob>',
    help: "of its last install: 'install*', failed, ready; none: never installed",
    query: asWhole('state'),
    valuesOf: ({ install }) => [install?.state ?? 'none'],
  },
  {
    flag: '--power <glob>',
    help: 'as it was last seen: on, off, unknown',
    query: asWhole('power'),
    valuesOf: ({ power }) => [power?.state ?? 'unknown'],
  },
  { flag: '--comment <glob>', help: "words for people: '*rack 3*'", valuesOf: ({ comment }) => [comment] },
];
