import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createFileCache } from '../../server/file-cache.ts';
import { createFiles } from '../../server/files.ts';
import { buildBootApp } from '../../server/http/boot/app.ts';
import { createFileSender } from '../../server/http/boot/send-file.ts';
import { loaderTimeline } from '../../server/http/boot/timeline.ts';
import { createLog } from '../../server/log.ts';
import type { Install } from '../../src/domain/install/install.ts';
import type { InstallChange } from '../../src/domain/install/install-state.ts';
import { logUploads } from '../../src/services/installer-logs/uploads.ts';
import { type BootClient, type Fetched, type FetchOptions, startBootClient } from './boot-client.ts';
import { reportsOf } from './heard-logs.ts';
import { must } from './must.ts';
import { addRecord, bodies, fileOf, openServiceWorld, type ServiceWorld } from './service-world.ts';
import { macOf } from './store-records.ts';

/** Addresses of the systems web001, whose installs are looked at, and web002. */
export const MACHINE = '127.0.0.11';
export const STRANGER = '127.0.0.12';
/** Where web001 finds its boot script. */
export const SCRIPT = '/boot/ipxe/52-54-00-00-00-01';

/** The services with the boot listener on a real socket, and web001 as a machine that asks it. */
export interface BootWorld extends ServiceWorld {
  readonly client: BootClient;
  /** The token of the install that was armed last. */
  token(): string;
  /** Arms web001. */
  arm(body?: object): Promise<void>;
  /** The install of web001 as the API shows it. */
  install(): Promise<Install>;
  /** Puts the install into a state that it would come to by itself. */
  force(change: InstallChange): Promise<void>;
  /** The timeline of web001, without what the database tells by itself. */
  events(): Promise<{ stage: string; outcome: string; message: string; data: object }[]>;
  report(stage: string, options?: FetchOptions): Promise<Fetched>;
}

export async function openBootWorld(): Promise<BootWorld> {
  const world = await openServiceWorld();
  const tree = await addBootRecords(world);
  const files = createFiles(() => [`${world.dataDir}/distros`]);
  const app = buildBootApp({
    boot: world.boot,
    bootFiles: world.bootFiles,
    reports: reportsOf(world),
    uploads: logUploads(world.deps, world.boot, world.heard.files, world.services.events),
    findInTree: async (name, path) => (name === 'debian-13' ? files.locateInside(tree, path) : undefined),
    files: createFileSender(createFileCache(1024 * 1024)),
    findProxyUri: async () => undefined,
    entrance: { httpPort: 80, proxies: new Set() },
    limits: { maxConnections: 1000, stallMs: 60_000 },
    edges: { nowMs: () => world.nowMs },
    onLoader: loaderTimeline(world.store.dhcp, world.services.events, () => world.nowMs),
    log: createLog('trace', { write: (line: string) => world.logged.push(line) }),
  });
  const client = await startBootClient(app, MACHINE);
  const token = () => must(world.tokens.at(-1), 'a token');
  const get = async (path: string) => (await world.call('GET', `/api/v1/systems/web001${path}`)).body;
  const install = async () => must((await get('')) as { install: Install }, 'the system').install;
  const dispose = world.dispose;
  // The same object, so that a clock that is moved is moved for the services.
  return Object.assign(world, {
    client,
    token,
    install,
    async arm(body: object = {}) {
      const answer = await world.call('POST', '/api/v1/systems/web001/install', body);
      if (answer.status !== 201) throw new Error(`not armed: ${JSON.stringify(answer.body)}`);
    },
    async force(change: InstallChange) {
      const { id } = await install();
      await world.store.transaction((tx) => tx.installs.update(id, change, world.nowMs));
    },
    async events() {
      const { items } = (await get('/timeline')) as { items: Awaited<ReturnType<BootWorld['events']>> };
      return items.filter(({ stage }) => stage !== 'state');
    },
    report: (stage: string, options: FetchOptions = {}) =>
      client.fetch(`/i/${token()}/event/${stage}`, options),
    async dispose() {
      await app.close();
      await dispose();
    },
  });
}

/** Is this boot script the one that sends a machine to its disk, without a token in it? */
export function isLocal({ text }: Fetched): boolean {
  return text.includes('booting from the local disk') && !text.includes('/i/');
}

/** Two systems on loopback, and a tree with a file and a link out of it. Gives the tree's folder. */
async function addBootRecords(world: ServiceWorld): Promise<string> {
  const { distro, profile } = bodies(world);
  const tree = fileOf(world, 'tree');
  mkdirSync(tree);
  writeFileSync(`${tree}/Packages`, 'the packages');
  symlinkSync('/etc/passwd', `${tree}/escape`);
  await addRecord(world, 'distros', { ...distro, tree });
  const settings = { ...profile.settings, vars: { mirror_host: 'm.example' } };
  await addRecord(world, 'profiles', { ...profile, settings });
  await addRecord(world, 'subnets', { name: 'loop', network: '127.0.0.0/24' });
  for (const [number, address] of [MACHINE, STRANGER].entries()) {
    const interfaces = [{ mac: macOf(number + 1), ip: address }];
    await addRecord(world, 'systems', { name: `web00${number + 1}`, profile: 'debian-13', interfaces });
  }
  return tree;
}
