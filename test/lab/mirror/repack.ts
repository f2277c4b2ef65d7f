import { chmod, copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { archiveName, type Stanza, withField, withoutField } from './control.ts';
import { run } from './exec.ts';
import { MODULE_UDEBS, PROGRAM_UDEBS } from './repack-recipes.ts';

/** A udeb made here, with the paragraph that describes it. */
export interface Repacked {
  readonly stanza: Stanza;
  readonly path: string;
}

export interface RepackContext {
  readonly work: string;
  readonly kernelVersion: string;
  /** Fetches a deb of the mirror's suite and gives its path. */
  readonly deb: (name: string) => Promise<string>;
}

/** A module udeb's name without the kernel release it is built for. */
function moduleFamily(name: string, kernelVersion: string): string {
  return name.replace(`-${kernelVersion}-di`, '');
}

/** Whether this builder knows how to make the udeb out of debs. */
export function canRepack(name: string, kernelVersion: string): boolean {
  return name in PROGRAM_UDEBS || moduleFamily(name, kernelVersion) in MODULE_UDEBS;
}

/** The debs' files by base name; a deb is unpacked once however many udebs use it. */
function unpacker(context: RepackContext): (name: string) => Promise<Map<string, string>> {
  const cache = new Map<string, Promise<Map<string, string>>>();
  const unpack = async (name: string): Promise<Map<string, string>> => {
    const target = join(context.work, `deb-${name}`);
    await run('dpkg-deb', ['-x', await context.deb(name), target]);
    const entries = await readdir(target, { recursive: true, withFileTypes: true });
    return new Map(
      entries.filter((e) => !e.isDirectory()).map((e) => [e.name, join(e.parentPath, e.name)] as const),
    );
  };
  return (name) => {
    const known = cache.get(name) ?? unpack(name);
    cache.set(name, known);
    return known;
  };
}

type Contents = Map<string, string>;

async function programContents(
  name: string,
  files: (deb: string) => Promise<Map<string, string>>,
): Promise<Contents> {
  const contents: Contents = new Map();
  for (const { deb, file, target } of PROGRAM_UDEBS[name] ?? []) {
    const source = (await files(deb)).get(file);
    if (source === undefined) throw new Error(`${deb} has no ${file}, which ${name} is made of`);
    for (const path of target) contents.set(path, source);
  }
  return contents;
}

async function moduleContents(
  modules: readonly string[],
  kernelVersion: string,
  files: (deb: string) => Promise<Map<string, string>>,
): Promise<Contents> {
  const contents: Contents = new Map();
  const tree = await files(`linux-image-${kernelVersion}`);
  for (const module of modules) {
    const source = ['.ko.xz', '.ko.zst', '.ko']
      .map((end) => tree.get(module + end))
      .find((p) => p !== undefined);
    const start = source?.indexOf(`/lib/modules/${kernelVersion}/`) ?? -1;
    if (source !== undefined && start >= 0) contents.set(source.slice(start), source);
  }
  return contents;
}

/** The udeb's paragraph as the archive wrote it, less what belonged to the file the archive does not serve. */
function describe(original: Stanza, kernelVersion: string): string {
  let text = original.text;
  for (const name of ['Filename', 'Size', 'MD5sum', 'SHA256', 'Description-md5'])
    text = withoutField(text, name);
  const recipe = MODULE_UDEBS[moduleFamily(original.name, kernelVersion)];
  if (recipe === undefined) return text;
  // Its siblings are not in this mirror: what they hold is in here or in the initrd.
  text = withField(text, 'Depends', `kernel-image-${kernelVersion}-di`);
  return withField(text, 'Provides', recipe.provides.join(', '));
}

async function build(directory: string, control: string, contents: Contents, out: string): Promise<void> {
  await mkdir(join(directory, 'DEBIAN'), { recursive: true });
  await writeFile(join(directory, 'DEBIAN/control'), `${control}\n`);
  for (const [target, source] of contents) {
    const path = join(directory, relative('/', target));
    await mkdir(dirname(path), { recursive: true });
    await copyFile(source, path);
  }
  const release = [...contents.keys()].map((p) => /^\/lib\/modules\/([^/]+)\//.exec(p)?.[1]).find(Boolean);
  if (release !== undefined) {
    const script = `#!/bin/sh\nset -e\n[ "$1" != configure ] || depmod -a ${release} || true\n`;
    await writeFile(join(directory, 'DEBIAN/postinst'), script);
    await chmod(join(directory, 'DEBIAN/postinst'), 0o755);
  }
  await run('dpkg-deb', ['-Zxz', '--root-owner-group', '--nocheck', '-b', directory, out]);
}

/**
 * Makes udebs that the archive lists but does not serve (an archive drops the udebs of a point release as soon as the
 * next one is out, the debs stay) out of the debs of the same version.
 */
export async function repackUdebs(missing: readonly Stanza[], context: RepackContext): Promise<Repacked[]> {
  const files = unpacker(context);
  const made: Repacked[] = [];
  for (const original of missing) {
    const family = MODULE_UDEBS[moduleFamily(original.name, context.kernelVersion)];
    const contents =
      family === undefined
        ? await programContents(original.name, files)
        : await moduleContents(family.modules, context.kernelVersion, files);
    if (contents.size === 0) throw new Error(`nothing found to make ${original.name} of`);
    const text = describe(original, context.kernelVersion);
    const path = join(context.work, basename(archiveName(original, 'udeb')));
    await build(join(context.work, `udeb-${original.name}`), text, contents, path);
    made.push({ stanza: { ...original, text }, path });
  }
  return made;
}
