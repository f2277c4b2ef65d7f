import { z } from 'zod';
import { LOADER_CHOICES, LOCAL_BOOT_CHOICES } from '../../../../src/domain/boot/boot-choice.ts';
import { DHCP_MODES } from '../../../../src/domain/network/dhcp-mode.ts';
import { OPTION_TYPES } from '../../../../src/domain/network/dhcp-option-codes.ts';
import {
  BOND_MODES,
  INTERFACE_TYPES,
  type SystemInterface,
} from '../../../../src/domain/network/network-interface.ts';
import type { SubnetDetails } from '../../../../src/domain/network/subnet-effective.ts';
import type { Bmc } from '../../../../src/domain/power/bmc.ts';
import { BMC_DRIVERS } from '../../../../src/domain/power/bmc-driver.ts';
import { FIRMWARES } from '../../../../src/domain/power/power.ts';
import { type Distro, distroInput } from '../../../../src/domain/records/distro.ts';
import { type Profile, profileInput } from '../../../../src/domain/records/profile.ts';
import { settingsInput } from '../../../../src/domain/records/settings.ts';
import type { System } from '../../../../src/domain/records/system.ts';
import { install } from './installs.ts';
import {
  flag,
  pageOf,
  pageOfFields,
  stamps,
  text,
  textOrNull,
  texts,
  time,
  timeOrNull,
  whole,
  wholeOrNull,
} from './parts.ts';
import { knownPower } from './power.ts';

const dhcpOptions = z.array(
  z.strictObject({ code: whole, type: z.enum(OPTION_TYPES), value: text, always: flag }),
);
const settings = settingsInput.omit({ rootPasswordHash: true });
const loader = z.enum(LOADER_CHOICES);
const localBoot = z.enum(LOCAL_BOOT_CHOICES);
const boot = { loader: loader.nullable(), localBoot: localBoot.nullable(), handoff: textOrNull };
const secretsSet = texts.describe('Which write-only settings are set.');

const distro = z.strictObject({
  ...distroInput.shape,
  ...stamps,
}) satisfies z.ZodType<Distro>;

const profile = z.strictObject({
  ...profileInput.shape,
  ...boot,
  settings,
  dhcpOptions,
  secretsSet,
  ...stamps,
}) satisfies z.ZodType<Profile>;

const range = z.strictObject({ from: text, to: text });
const subnet = z.strictObject({
  name: text,
  network: text,
  gateway: textOrNull,
  dnsServers: texts,
  ntpServers: texts,
  domain: textOrNull,
  domainSearch: texts,
  mtu: wholeOrNull,
  leaseSeconds: whole,
  minLeaseSeconds: wholeOrNull,
  maxLeaseSeconds: wholeOrNull,
  dhcp: z.enum(DHCP_MODES),
  nextServer: textOrNull,
  ranges: z.array(range),
  exclusions: z.array(range),
  dhcpOptions,
  effective: z.strictObject({
    leaseSeconds: z.strictObject({ min: whole, default: whole, max: whole }),
    dynamicRanges: texts,
    dynamicAddresses: whole,
    options: z.record(text, text).describe('What machines are told, by the number of the option.'),
  }),
  ...stamps,
}) satisfies z.ZodType<SubnetDetails>;

const systemInterface = z.strictObject({
  name: text,
  type: z.enum(INTERFACE_TYPES),
  mac: textOrNull,
  clientId: textOrNull.exactOptional(),
  circuitId: textOrNull.exactOptional(),
  remoteId: textOrNull.exactOptional(),
  ip: textOrNull,
  subnet: textOrNull.describe('The subnet that `ip` lies in.'),
  parents: texts,
  vlan: wholeOrNull,
  bondMode: z.enum(BOND_MODES).nullable(),
  sharedMac: flag,
  addresses: texts,
  sharedAddresses: texts,
  gateway: flag.nullable(),
  routes: z.array(z.strictObject({ to: text, via: text })),
  mtu: wholeOrNull,
  seenMac: textOrNull.exactOptional().describe('The MAC to which its address is leased now.'),
}) satisfies z.ZodType<SystemInterface>;

const bmc = z.strictObject({
  address: textOrNull,
  driver: z.enum(BMC_DRIVERS).nullable(),
  port: wholeOrNull,
  user: text,
  passwordSet: flag,
  kgSet: flag,
  cipherSuite: z.union([z.literal(3), z.literal(17)]).nullable(),
  privilege: z.enum(['user', 'operator', 'administrator']),
  protocol: z.enum(['2.0', '1.5']),
  firmware: z.enum(FIRMWARES).nullable(),
  vendor: textOrNull,
  model: textOrNull,
  certificate: textOrNull,
  node: textOrNull,
  command: textOrNull,
  shared: flag,
}) satisfies z.ZodType<Bmc>;

const from = z.enum(['system', 'profile', 'default']);
const system = z.strictObject({
  name: text,
  hostname: text,
  profile: text,
  roles: texts,
  interfaces: z.array(systemInterface),
  bmc: bmc.nullable(),
  power: knownPower.nullable(),
  kernelArgs: texts,
  ...boot,
  settings,
  dhcpOptions,
  secretsSet,
  comment: text,
  effective: z.strictObject({
    loader: z.strictObject({ value: loader, from }),
    localBoot: z.strictObject({ value: localBoot, from }),
    handoff: z.strictObject({ value: text, from }),
    firmware: z.strictObject({
      value: z.enum(FIRMWARES),
      from: z.enum(['system', 'heard', 'loader', 'default']),
      heard: z.strictObject({ firmware: z.enum(FIRMWARES), at: time }).nullable(),
    }),
  }),
  install: install.nullable().describe('The install in force, or the last one.'),
  inService: timeOrNull,
  lock: z.strictObject({ reason: text, by: text, at: time }).nullable(),
  ...stamps,
}) satisfies z.ZodType<System>;

const records = { Distro: distro, Profile: profile, Subnet: subnet, System: system };

const change = z.strictObject({ path: text, from: z.unknown(), to: z.unknown() });

/** What would come of a change of a record. */
function dryRunOf<T extends z.ZodType>(record: T) {
  return z.strictObject({
    dryRun: z.literal(true),
    action: z.enum(['added', 'updated', 'unchanged', 'removed']),
    before: record.nullable(),
    after: record.nullable(),
    changes: z.array(change),
  });
}

export const recordAnswers = {
  ...records,
  Change: change,
  Interface: systemInterface,
  Bmc: bmc,
  Settings: settings,
  DistroPage: pageOf(distro),
  ProfilePage: pageOf(profile),
  SubnetPage: pageOf(subnet),
  SystemPage: pageOf(system),
  DistroFields: pageOfFields(distro),
  ProfileFields: pageOfFields(profile),
  SubnetFields: pageOfFields(subnet),
  SystemFields: pageOfFields(system, ['ip', 'mac']),
  DistroDryRun: dryRunOf(distro),
  ProfileDryRun: dryRunOf(profile),
  SubnetDryRun: dryRunOf(subnet),
  SystemDryRun: dryRunOf(system),
};
