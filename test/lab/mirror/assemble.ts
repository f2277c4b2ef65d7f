import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type AptRoot, openAptRoot } from './apt-root.ts';
import { parseStanzas, type Stanza } from './control.ts';
import { download } from './download.ts';
import { type Netboot, unpackNetboot } from './netboot.ts';
import { DROPPED_UDEBS, NETBOOT_PACKAGE } from './package-lists.ts';
import { canRepack, repackUdebs } from './repack.ts';
import { baseSystem, resolveDebs, selectUdebs } from './resolve.ts';
import { demote, place, withFileFields, writeDists } from './tree.ts';

type Log = (line: string) => void;

interface Build {
  readonly apt: AptRoot;
  readonly debs: ReadonlyMap<string, Stanza>;
  readonly root: string;
  readonly work: string;
  readonly log: Log;
}

/** The paths of the named debs; that the archive lists one and does not serve it ends the build. */
async function needDebs(
  build: Pick<Build, 'apt' | 'debs'>,
  names: readonly string[],
): Promise<Map<string, string>> {
  const stanzas = names.map((name) => {
    const stanza = build.debs.get(name);
    if (stanza === undefined) throw new Error(`the archive has no package ${name}`);
    return stanza;
  });
  const paths = await download(build.apt, stanzas, 'deb');
  const absent = names.filter((name) => !paths.has(name));
  if (absent.length > 0) throw new Error(`the archive does not serve ${absent.join(', ')}`);
  return paths;
}

async function needDeb(build: Pick<Build, 'apt' | 'debs'>, name: string): Promise<string> {
  const path = (await needDebs(build, [name])).get(name);
  if (path === undefined) throw new Error(`no ${name}`);
  return path;
}

async function addDebs(build: Build): Promise<Stanza[]> {
  const names = [...(await resolveDebs(build.apt, build.debs))];
  const paths = await needDebs(build, names);
  const base = baseSystem(build.debs);
  const placed: Stanza[] = [];
  for (const [name, path] of paths) {
    const stanza = build.debs.get(name);
    if (stanza === undefined) continue;
    await place(build.root, stanza, path);
    placed.push(demote(stanza, base));
  }
  build.log(`${placed.length} debs`);
  return placed;
}

async function addUdebs(build: Build, netboot: Netboot): Promise<Stanza[]> {
  const all = parseStanzas(await build.apt.packages('udeb'));
  const wanted = selectUdebs(all, netboot.kernelVersion, netboot.udebs, DROPPED_UDEBS);
  const paths = await download(build.apt, wanted, 'udeb');
  const placed: Stanza[] = [];
  for (const stanza of wanted) {
    const path = paths.get(stanza.name);
    if (path === undefined) continue;
    await place(build.root, stanza, path);
    placed.push(stanza);
  }
  const missing = wanted.filter(({ name }) => !paths.has(name));
  const repackable = missing.filter(({ name }) => canRepack(name, netboot.kernelVersion));
  const skipped = missing.filter((stanza) => !repackable.includes(stanza));
  build.log(`${placed.length} udebs, to repack: ${repackable.map(({ name }) => name).join(' ') || 'none'}`);
  if (skipped.length > 0)
    build.log(`not served and done without: ${skipped.map(({ name }) => name).join(' ')}`);
  const context = {
    work: build.work,
    kernelVersion: netboot.kernelVersion,
    deb: (name: string) => needDeb(build, name),
  };
  for (const { stanza, path } of await repackUdebs(repackable, context)) {
    const described = await withFileFields(stanza, path, basename(path));
    await place(build.root, described, path);
    placed.push(described);
  }
  return placed;
}

/** Downloads, repacks and indexes everything below `target`: pool/ and dists/ in `mirror`, kernel and initrd beside it. */
export async function assemble(cacheDir: string, target: string, log: Log): Promise<Netboot> {
  const apt = await openAptRoot(join(cacheDir, 'apt'));
  const debs = new Map(
    parseStanzas(await apt.packages('deb')).map((stanza) => [stanza.name, stanza] as const),
  );
  log(`the archive lists ${debs.size} packages`);
  const work = join(target, 'work');
  const build: Build = { apt, debs, root: join(target, 'mirror'), work, log };
  await mkdir(work, { recursive: true });
  const netboot = await unpackNetboot(await needDeb(build, NETBOOT_PACKAGE), work, join(target, 'netboot'));
  log(`the installer's kernel is ${netboot.kernelVersion}`);
  const placedDebs = await addDebs(build);
  const placedUdebs = await addUdebs(build, netboot);
  await writeDists(build.root, placedDebs, placedUdebs);
  return netboot;
}
