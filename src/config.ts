import { parse } from 'yaml';
import { z } from 'zod';
import { commandSetSchema } from './domain/command-set.ts';
import type { Problem } from './domain/errors.ts';
import { parseIpv4 } from './domain/ipv4.ts';
import { judgeInput } from './domain/problems.ts';

const port = z.int().min(1).max(65_535);
const address = z
  .string()
  .refine((text) => parseIpv4(text) !== undefined, { message: 'must be an IPv4 address' });
const path = z.string().min(1).max(1024);

/** `127.0.0.1:8080` */
const hostPort = z.string().transform((text, ctx) => {
  const [host, number, ...rest] = text.split(':');
  const parsed = port.safeParse(Number(number));
  if (host !== undefined && parseIpv4(host) !== undefined && parsed.success && rest.length === 0) {
    return { address: host, port: parsed.data };
  }
  ctx.addIssue({ code: 'custom', message: `'${text}' is not an address and port like 127.0.0.1:8080` });
  return z.NEVER;
});

/** `/srv/distros=/accel/distros`: a folder, and the URI by which the proxy in front finds it. */
const folderAtUri = z.string().transform((text, ctx) => {
  const [folder = '', uri = '', ...rest] = text.split('=');
  if (/^\/./.test(folder) && /^\/[A-Za-z0-9._~/-]+$/.test(uri) && rest.length === 0) {
    return { folder: folder.replace(/\/+$/, ''), uri: uri.replace(/\/+$/, '') };
  }
  ctx.addIssue({
    code: 'custom',
    message: `'${text}' is not a folder and a URI like /srv/distros=/accel/distros`,
  });
  return z.NEVER;
});

/** Every key of the configuration, with its default. Keys that do not exist are refused. */
export const configSchema = z.strictObject({
  /** Folder of the database, the key, the lock, the unix socket and imported files; only its owner may read it. */
  dataDir: path.default('./data'),
  /** The API and the pages for people. */
  http: z
    .strictObject({ listen: hostPort.prefault('127.0.0.1:8080'), socket: path.nullable().default(null) })
    .prefault({}),
  /** What booting machines fetch by HTTP. */
  boot: z
    .strictObject({
      listen: address.default('0.0.0.0'),
      port: port.default(80),
      /** The port in the URLs that machines are given, where a proxy listens for them; null = `port`. */
      publicPort: port.nullable().default(null),
      /** Addresses of proxies in front: only their word on a machine's address is taken. */
      proxies: z.array(address).default([]),
      maxConnections: z.int().min(16).max(65_536).default(4096),
      /** A machine that takes nothing of its answer for so long is given up. */
      stallSeconds: z.int().min(10).max(86_400).default(600),
    })
    .prefault({}),
  tftp: z
    .strictObject({
      listen: address.default('0.0.0.0'),
      port: port.default(69),
      /** Larger files are not sent by TFTP: old clients lose count after 65,535 blocks. */
      maxFileMegabytes: z.int().min(1).max(1024).default(32),
    })
    .prefault({}),
  /** No interfaces named = every one that is up, is not loopback and has an IPv4 address, once a subnet has DHCP on. */
  dhcp: z
    .strictObject({
      interfaces: z.array(z.string().min(1).max(15)).default([]),
      port: port.default(67),
      /** Look for other DHCP servers, and ask by ARP which free addresses are in use. */
      probe: z.boolean().default(true),
      /** User classes (option 77) of iPXE and its brands, which take a script and never a loader. */
      ipxeUserClasses: z.array(z.string().min(1).max(255)).default(['iPXE', 'xNBA']),
      /** What one client may send in the long run; 0 = no limit, for garbage neither. */
      clientPacketsPerSecond: z.int().min(0).max(100_000).default(100),
    })
    .prefault({}),
  /** How BMCs are treated. */
  power: z
    .strictObject({
      /** Between two sessions with one BMC; some freeze after a burst. */
      gapSeconds: z.number().min(0).max(60).default(1),
      /** Sessions with all BMCs together; one that lasts over a second does not count any more. */
      maxSessions: z.int().min(1).max(10_000).default(512),
      /** One session, all of it. */
      sessionSeconds: z.int().min(1).max(300).default(30),
      /** Between two questions while a machine is on its way. */
      pollSeconds: z.number().min(1).max(60).default(5),
      /** Sessions in a row that may fail before a job does. */
      tries: z.int().min(1).max(20).default(4),
      /** How long a machine may take to switch off or on, unless a request says otherwise. */
      timeoutSeconds: z.int().min(5).max(3600).default(300),
      /** How long after it is on a machine that is installed may take until its DISCOVER, unless its install says otherwise. */
      netbootSeconds: z.int().min(30).max(3600).default(300),
      /** Commands of the driver `command`, by the name that records use. Only this file can name a program to run. */
      commands: z
        .record(
          z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, {
            message: 'must be a name of a-z, 0-9, dash and underscore',
          }),
          commandSetSchema,
        )
        .default({}),
    })
    .superRefine(({ commands, sessionSeconds }, ctx) => {
      for (const [name, { timeoutSeconds }] of Object.entries(commands))
        if (timeoutSeconds > sessionSeconds)
          ctx.addIssue({
            code: 'custom',
            path: ['commands', name, 'timeoutSeconds'],
            message: `must be at most power.sessionSeconds (${sessionSeconds}), which ends a command as well`,
          });
    })
    .prefault({}),
  /** Folders besides <dataDir>/distros that kernels, initrds, trees and images may lie in. */
  files: z
    .strictObject({
      roots: z.array(path).default([]),
      /** Memory for files that are asked for again and again; one may take half of it. 0 = none. */
      cacheMegabytes: z.int().min(0).max(65_536).default(256),
      /** Folders whose files a proxy in front sends by itself (X-Accel-Redirect). */
      accel: z.array(folderAtUri).default([]),
    })
    .prefault({}),
  /** Folders that hold boot loaders, searched in order. */
  loaders: z.strictObject({ dirs: z.array(path).default(['/usr/lib/ipxe', '/boot']) }).prefault({}),
  log: z
    .strictObject({
      level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
    })
    .prefault({}),
});

export type Config = z.infer<typeof configSchema>;

/** The configuration cannot be used; all of what is wrong with it at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(
      ['the configuration cannot be used:', ...problems.map((p) => `  ${p.path}: ${p.message}`)].join('\n'),
    );
    this.problems = problems;
  }
}

/** Longest configuration file read, in characters; anything longer is not one. */
const MAX_CHARS = 256 * 1024;

/**
 * Configuration from a YAML text (or none) and the environment; the environment wins. `http.listen` is
 * PROVISION_HTTP_LISTEN, `dataDir` PROVISION_DATA_DIR; lists are separated by commas. Throws ConfigError.
 */
export function parseConfig(yaml: string | null, env: Readonly<Record<string, string | undefined>>): Config {
  const problems: Problem[] = [];
  const tree = readYaml(yaml, problems);
  applyEnvironment(tree, env, problems);
  const judged = judgeInput(configSchema, tree);
  if (!judged.ok) problems.push(...judged.problems);
  if (problems.length > 0 || !judged.ok) throw new ConfigError(problems);
  return judged.data;
}

function readYaml(yaml: string | null, problems: Problem[]): Record<string, unknown> {
  if (yaml === null) return {};
  if (yaml.length > MAX_CHARS) {
    problems.push({ path: 'file', message: `longer than ${MAX_CHARS} characters` });
    return {};
  }
  try {
    const tree: unknown = parse(yaml, { schema: 'core', maxAliasCount: 20, logLevel: 'error' }) ?? {};
    if (typeof tree === 'object' && !Array.isArray(tree)) return tree as Record<string, unknown>;
    problems.push({ path: 'file', message: 'must be a mapping of keys to values' });
  } catch (error) {
    problems.push({ path: 'file', message: `is not YAML: ${(error as Error).message}` });
  }
  return {};
}

/** Names that the environment uses for something else than a key of the configuration. */
const OTHER_VARIABLES = new Set([
  'PROVISION_CONFIG',
  'PROVISION_SERVER',
  'PROVISION_TOKEN',
  'PROVISION_TOKEN_FILE',
  'PROVISION_BMC_PASSWORD',
]);

function applyEnvironment(
  tree: Record<string, unknown>,
  env: Readonly<Record<string, string | undefined>>,
  problems: Problem[],
): void {
  const known = new Map(
    leafPaths()
      .filter((leaf) => !ONLY_IN_FILE.includes(leaf.join('.')))
      .map((leaf) => [variableName(leaf), leaf]),
  );
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith('PROVISION_') || value === undefined || OTHER_VARIABLES.has(name)) continue;
    if (name.startsWith('PROVISION_TEST_')) continue;
    const leaf = known.get(name);
    if (leaf === undefined)
      problems.push({ path: name, message: 'no key of the configuration has this name' });
    else setLeaf(tree, leaf, value);
  }
}

/** Every key of the configuration as a path. */
export function leafPaths(): string[][] {
  return Object.entries(configSchema.parse({})).flatMap(([key, value]) =>
    key === 'dataDir' ? [[key]] : Object.keys(value as object).map((inner) => [key, inner]),
  );
}

/** Programs to run come from the file only, which its owner writes; an environment is inherited from anywhere. */
const ONLY_IN_FILE = ['power.commands'];

function variableName(leaf: readonly string[]): string {
  return `PROVISION_${leaf.map((part) => part.replace(/[A-Z]/g, (c) => `_${c}`).toUpperCase()).join('_')}`;
}

function setLeaf(tree: Record<string, unknown>, leaf: readonly string[], text: string): void {
  const [first = '', second] = leaf;
  if (second === undefined) {
    tree[first] = text;
    return;
  }
  const branch = (typeof tree[first] === 'object' && tree[first] !== null ? tree[first] : {}) as Record<
    string,
    unknown
  >;
  const isList = ['interfaces', 'ipxeUserClasses', 'roots', 'dirs', 'proxies', 'accel'].includes(second);
  const isNumber = [
    'port',
    'publicPort',
    'maxConnections',
    'stallSeconds',
    'cacheMegabytes',
    'maxFileMegabytes',
    'gapSeconds',
    'maxSessions',
    'sessionSeconds',
    'pollSeconds',
    'tries',
    'timeoutSeconds',
    'netbootSeconds',
  ].includes(second);
  branch[second] = isNumber ? Number(text) : isList ? text.split(',').filter((part) => part !== '') : text;
  tree[first] = branch;
}
