import { z } from 'zod';
import { parseIpv4 } from '../domain/network/ipv4.ts';
import { backupSection } from './backup.ts';
import { handoffSection } from './handoff.ts';
import { installsSection } from './installs.ts';
import { notifySection } from './notify.ts';
import { powerSection } from './power.ts';
import { syslogSection } from './syslog.ts';

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
    .strictObject({
      listen: hostPort.prefault('127.0.0.1:8080'),
      socket: path.nullable().default(null),
      /** `auto`: plain on loopback, elsewhere a certificate of the service's own. A certificate has to be reloaded. */
      tls: z.union([z.enum(['auto', 'off']), z.strictObject({ cert: path, key: path })]).default('auto'),
      /** Addresses of proxies in front: only their word on who asks, and by which scheme and host, is taken. */
      proxies: z.array(address).default([]),
    })
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
  notify: notifySection,
  power: powerSection,
  syslog: syslogSection,
  handoff: handoffSection,
  installs: installsSection,
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
  backup: backupSection,
  log: z
    .strictObject({
      level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
    })
    .prefault({}),
});
