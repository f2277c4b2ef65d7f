import { createHash } from 'node:crypto';
import { copyFile, link, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { field, type Stanza, withField } from './control.ts';
import { SUITE } from './package-lists.ts';

const compress = promisify(gzip);

const COMPONENT_RELEASE = `Archive: stable
Origin: Debian
Label: Debian
Version: 13.0
Component: main
Architecture: amd64
`;

async function digest(algorithm: 'sha256' | 'md5', path: string): Promise<string> {
  return createHash(algorithm)
    .update(await readFile(path))
    .digest('hex');
}

/** Puts a package at the path its paragraph names, as a hard link where the cache is on the same file system. */
export async function place(root: string, stanza: Stanza, source: string): Promise<void> {
  const target = join(root, field(stanza.text, 'Filename'));
  await mkdir(dirname(target), { recursive: true });
  await link(source, target).catch(() => copyFile(source, target));
}

/** Gives a package made here the fields an index needs: where it is, how long, and its digests. */
export async function withFileFields(stanza: Stanza, path: string, name: string): Promise<Stanza> {
  let text = withField(stanza.text, 'Filename', `pool/main/lab/${name}`);
  text = withField(text, 'Size', String((await stat(path)).size));
  text = withField(text, 'MD5sum', await digest('md5', path));
  return { ...stanza, text: withField(text, 'SHA256', await digest('sha256', path)) };
}

/** Debs of `Priority: important` that are not in the base system become optional, or debootstrap installs them. */
export function demote(stanza: Stanza, base: ReadonlySet<string>): Stanza {
  if (field(stanza.text, 'Priority') !== 'important' || base.has(stanza.name)) return stanza;
  return { ...stanza, text: withField(stanza.text, 'Priority', 'optional') };
}

async function writeIndex(directory: string, stanzas: readonly Stanza[]): Promise<void> {
  const sorted = [...stanzas].sort((a, b) => (a.name < b.name ? -1 : 1));
  const text = sorted.map(({ text }) => `${text}\n\n`).join('');
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'Packages'), text);
  await writeFile(join(directory, 'Packages.gz'), await compress(text));
  // choose-mirror asks for this file and says "architecture not supported by selected mirror" without it.
  await writeFile(join(directory, 'Release'), COMPONENT_RELEASE);
}

/**
 * Writes dists/. The Release file is not signed: the installer is told `allow_unauthenticated`, and a
 * post-base-installer hook lets the new system's apt accept it too. `Architectures` must not name "all", or
 * debootstrap demands a binary-all index.
 */
export async function writeDists(
  root: string,
  debs: readonly Stanza[],
  udebs: readonly Stanza[],
): Promise<void> {
  const suite = join(root, 'dists', SUITE);
  await writeIndex(join(suite, 'main/binary-amd64'), debs);
  await writeIndex(join(suite, 'main/debian-installer/binary-amd64'), udebs);
  const files = (await readdir(suite, { recursive: true, withFileTypes: true })).filter((e) => e.isFile());
  const lines: string[] = [];
  for (const path of files.map((e) => join(e.parentPath, e.name)).sort())
    lines.push(` ${await digest('sha256', path)} ${(await stat(path)).size} ${relative(suite, path)}`);
  const date = new Date().toUTCString().replace('GMT', 'UTC');
  const header = `Origin: Debian\nLabel: Debian\nSuite: stable\nVersion: 13.0\nCodename: ${SUITE}\nDate: ${date}
Architectures: amd64\nComponents: main\nDescription: small mirror for installation tests\nSHA256:\n`;
  await writeFile(join(suite, 'Release'), `${header}${lines.join('\n')}\n`);
  await symlink(SUITE, join(root, 'dists/stable'));
}

/** The length of all files below a directory. */
export async function treeSize(root: string): Promise<number> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const sizes = entries
    .filter((e) => e.isFile())
    .map(async (e) => (await stat(join(e.parentPath, e.name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
