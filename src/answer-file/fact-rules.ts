import { z } from 'zod';
import { roleName } from '../domain/access/role.ts';
import { Secret } from '../domain/access/secret.ts';
import { parseIpv4, parseNetwork } from '../domain/network/ipv4.ts';
import { parseMac } from '../domain/network/mac.ts';
import { BOND_MODES, INTERFACE_TYPES } from '../domain/network/network-interface.ts';
import { hostname, recordName } from '../domain/records/fields.ts';
import { settingsInput } from '../domain/records/settings.ts';
import type { AnswerFacts } from './context.ts';

/** How an image file is packed, as its name says. */
export type ImageCompression = 'none' | 'gzip' | 'bzip2' | 'xz' | 'zstd';

const COMPRESSIONS: readonly { readonly ending: string; readonly compression: ImageCompression }[] = [
  { ending: '.raw', compression: 'none' },
  { ending: '.img', compression: 'none' },
  { ending: '.gz', compression: 'gzip' },
  { ending: '.bz2', compression: 'bzip2' },
  { ending: '.xz', compression: 'xz' },
  { ending: '.zst', compression: 'zstd' },
];

/** undefined for a name that says nothing we can write to a disk (qcow2, iso …). */
export function compressionOf(fileName: string): ImageCompression | undefined {
  return COMPRESSIONS.find(({ ending }) => fileName.toLowerCase().endsWith(ending))?.compression;
}

/**
 * URLs travel through kernel command lines, shell words, preseed lines and kickstart options; these characters
 * mean nothing in any of them. No user or password: it would be readable by everybody on the machine.
 */
const URL_SHAPE = /^https?:\/\/[A-Za-z0-9.-]+(:[0-9]{1,5})?(\/[A-Za-z0-9._~%:@!*+,=&?/-]*)?$/;

const ip = z.string().refine((text) => parseIpv4(text) !== undefined, 'must be an IPv4 address');
const network = z.string().refine((text) => parseNetwork(text) !== undefined, 'must be a network');
const url = z.string().max(1024).regex(URL_SHAPE, 'must be a plain http:// or https:// URL');
const identifier = z
  .string()
  .max(64)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]*$/, 'must be a plain name');

const interfaceShape = z
  .object({
    name: identifier,
    mac: z
      .string()
      .refine((text) => parseMac(text) === text, 'must be a canonical MAC address')
      .nullish(),
    ip: ip.nullish(),
    prefix: z.int().min(1).max(32).nullish(),
    gateway: ip.nullish(),
    dns: z.array(ip).optional(),
    type: z.enum(INTERFACE_TYPES).optional(),
    parents: z.array(identifier).optional(),
    vlan: z.int().min(1).max(4094).nullish(),
    bondMode: z.enum(BOND_MODES).nullish(),
    mtu: z.int().min(68).max(65_535).nullish(),
    defaultRoute: z.boolean().nullish(),
    routes: z.array(z.object({ to: network, via: ip })).optional(),
    addresses: z.array(z.object({ ip, prefix: z.int().min(1).max(32) })).optional(),
    sharedAddresses: z.array(ip).optional(),
  })
  .refine((nic) => !nic.ip || nic.prefix, {
    message: 'an address needs its prefix length',
    path: ['prefix'],
  });

const imageShape = z.object({
  url,
  fileName: z
    .string()
    .refine((name) => compressionOf(name) !== undefined, 'must end in .raw, .img, .gz, .bz2, .xz or .zst'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits'),
  sizeBytes: z.int().min(1).nullish(),
});

const settingsShape = z.object(
  Object.fromEntries(Object.entries(settingsInput.shape).map(([name, field]) => [name, field.nullish()])),
);

const factsShape = z.object({
  system: z.object({
    name: recordName,
    hostname,
    domain: hostname.nullish(),
    firmware: z.enum(['bios', 'uefi']).nullish(),
    roles: z.array(roleName).optional(),
  }),
  interfaces: z.array(interfaceShape).min(1),
  distro: z.object({
    name: recordName,
    family: z.enum(['debian', 'redhat', 'image']),
    version: identifier,
    arch: identifier,
    treeUrl: url.nullish(),
    repositories: z.array(z.object({ name: identifier, url })).optional(),
  }),
  profile: z.object({ name: recordName }),
  image: imageShape.nullish(),
  settings: settingsShape,
  urls: z.object({ base: url, answer: url, events: url, logs: url }),
  server: z.object({ address: ip }),
  syslogPort: z.int().min(1).max(65_535).nullish(),
  puppet: z
    .object({
      certname: hostname,
      server: hostname,
      challenge: z.instanceof(Secret).refine((secret) => /^[A-Za-z0-9_-]{20,}$/.test(secret.reveal())),
      caLines: z.array(z.string().regex(/^([A-Za-z0-9+/=]{1,76}|-----(BEGIN|END) CERTIFICATE-----)$/)).min(1),
    })
    .nullish(),
});

/** Everything wrong with the facts, as `field: what it must be`. Values are not repeated: some are secret. */
export function factProblems(facts: AnswerFacts): string[] {
  const hash: unknown = facts.settings.rootPasswordHash ?? undefined;
  const isSecret = hash === undefined || hash instanceof Secret;
  // The rules are about text; the hash is only shown to them, the context gets the Secret.
  const settings = {
    ...facts.settings,
    rootPasswordHash: hash instanceof Secret ? hash.reveal() : undefined,
  };
  const parsed = factsShape.safeParse({ ...facts, settings });
  const problems = (parsed.error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  return isSecret ? problems : [...problems, 'settings.rootPasswordHash: must be a Secret'];
}
