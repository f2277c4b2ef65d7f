import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, join, resolve, sep } from 'node:path';
import { parse } from 'yaml';
import type { FileFacts } from '../src/services/distros.ts';
import { createSharedRun } from './shared-run.ts';

/**
 * The only reader of kernels, initrds, trees, images, kickstarts and profiles. A path is judged after links are
 * followed: what lies outside the allowed roots is refused, wherever the path pretends to lead.
 */
export interface Files extends FileFacts {
  /** The real path of a file under an allowed root, or undefined. */
  locate(path: string): Promise<string | undefined>;
  /** SHA-256 of a file in lower-case hex; read once for each size and time of change. */
  digest(path: string): Promise<string>;
  /** The real path of `name` inside the folder `root`, or undefined when it is not there or leads outside. */
  locateInside(root: string, name: string): Promise<string | undefined>;
  /** A located file from memory, read once for each version of it; undefined where it has more than `limitBytes`. */
  readWhole(path: string, limitBytes: number): Promise<Buffer | undefined>;
}

/** Files read whole that are kept: a rack that boots at once asks for the same two. */
const WHOLE_FILES_KEPT = 4;

/** Roots that do not exist (yet) allow nothing. They are asked for anew each time: a reload may change them. */
export function createFiles(roots: () => readonly string[]): Files {
  const locate = async (path: string): Promise<string | undefined> => {
    const real = await realpath(path).catch(() => undefined);
    if (real === undefined) return undefined;
    for (const root of roots()) {
      const realRoot = await realpath(root).catch(() => undefined);
      if (realRoot !== undefined && isInside(realRoot, real)) return real;
    }
    return undefined;
  };
  const digests = new Map<string, { version: string; digest: Promise<string> }>();
  const whole = new Map<string, { version: string; bytes: Promise<Buffer> }>();
  return {
    locate,
    async digest(path) {
      const { size, mtimeMs, ino } = await stat(path);
      const version = `${size} ${mtimeMs} ${ino}`;
      const known = digests.get(path);
      if (known?.version === version) return known.digest;
      const digest = digestOf(path);
      digests.set(path, { version, digest });
      digest.catch(() => digests.delete(path));
      return digest;
    },
    async locateInside(root, name) {
      const realRoot = await locate(root);
      if (realRoot === undefined || name.includes('\0')) return undefined;
      const wanted = resolve(realRoot, `.${sep}${name}`);
      const real = isInside(realRoot, wanted) ? await realpath(wanted).catch(() => undefined) : undefined;
      return real !== undefined && isInside(realRoot, real) ? real : undefined;
    },
    async readWhole(path, limitBytes) {
      const { size, mtimeMs, ino } = await stat(path);
      if (size > limitBytes) return undefined;
      const version = `${size} ${mtimeMs} ${ino}`;
      const known = whole.get(path);
      if (known?.version === version) return known.bytes;
      const bytes = readFile(path);
      whole.delete(path);
      whole.set(path, { version, bytes });
      bytes.catch(() => whole.delete(path));
      for (const oldest of whole.keys()) if (whole.size > WHOLE_FILES_KEPT) whole.delete(oldest);
      return bytes;
    },
    async inspect(path) {
      const real = await locate(path);
      if (real === undefined) return { refused: await whyNot(path, roots()) };
      const facts = await stat(real);
      if (facts.isDirectory()) return { kind: 'directory', size: 0 };
      if (!facts.isFile()) return { refused: `${path} is neither a file nor a folder` };
      const readable = await open(real)
        .then((file) => file.close().then(() => true))
        .catch(() => false);
      return readable
        ? { kind: 'file', size: facts.size }
        : { refused: `${path} cannot be read by provisiond` };
    },
  };
}

/** A folder whose files a proxy in front can send, and the URI by which it finds them. */
export interface FolderAtUri {
  readonly folder: string;
  readonly uri: string;
}

/** The proxy's URI of a file, percent-encoded, where it lies in one of its folders. `path` is a real path. */
export async function findProxyUri(
  path: string,
  folders: readonly FolderAtUri[],
): Promise<string | undefined> {
  for (const { folder, uri } of folders) {
    const root = await realpath(folder).catch(() => undefined);
    if (root === undefined || root === path || !isInside(root, path)) continue;
    const inside = path.slice(root.length).replace(/^\/+/, '');
    return `${uri}/${inside.split('/').map(encodeURIComponent).join('/')}`;
  }
  return undefined;
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }))
    hash.update(chunk as Buffer);
  return hash.digest('hex');
}

async function whyNot(path: string, roots: readonly string[]): Promise<string> {
  const exists = await stat(path)
    .then(() => true)
    .catch(() => false);
  if (!exists) return `${path} does not exist on the server (or provisiond may not look there)`;
  return `${path} is not under a folder that files may come from (${roots.join(', ')}); move it there, or add its folder to files.roots in the configuration`;
}

function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

/** Text files of one folder by name, e.g. kickstarts/; later folders win. Sub-folders one level down as `sub/name`. */
export async function readTexts(folders: readonly string[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const folder of folders) await readInto(texts, folder, '');
  return texts;
}

/** Texts that are looked at before they are used; `maxAgeMs`: how long ago the last look may have been. */
export type LiveTexts = (maxAgeMs: number) => Promise<ReadonlyMap<string, string>>;

/** The texts of these folders; the same object as long as no file in them has changed. */
export function createLiveTexts(folders: readonly string[], now: () => number): LiveTexts {
  let known: { version: string; texts: ReadonlyMap<string, string> } | undefined;
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  const look = createSharedRun(async () => {
    const nowMs = now();
    // Before the texts are read: what changes meanwhile is a new version at the next look.
    const version = await versionOf(folders);
    if (known?.version !== version) known = { version, texts: await readTexts(folders) };
    lookedAtMs = nowMs;
    return known.texts;
  });
  return async (maxAgeMs) => {
    const nowMs = now();
    if (known !== undefined && nowMs < lookedAtMs + maxAgeMs && nowMs >= lookedAtMs) return known.texts;
    return look();
  };
}

async function versionOf(folders: readonly string[]): Promise<string> {
  const lines: string[] = [];
  for (const folder of folders) {
    const entries = await readdir(folder, { recursive: true }).catch(() => []);
    for (const entry of entries) {
      const facts = await stat(join(folder, entry), { bigint: true }).catch(() => undefined);
      lines.push(`${folder}/${entry} ${facts?.ino} ${facts?.size} ${facts?.mtimeNs} ${facts?.ctimeNs}`);
    }
  }
  return lines.join('\n');
}

async function readInto(texts: Map<string, string>, folder: string, prefix: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isFile()) texts.set(prefix + entry.name, await readFile(path, 'utf8'));
    else if (entry.isDirectory() && prefix === '') await readInto(texts, path, `${entry.name}/`);
  }
}

/** YAML documents of a folder by the name of their file without `.yaml`. Core schema only: no tags, no code. */
export async function readYamls(folder: string): Promise<Map<string, unknown>> {
  const documents = new Map<string, unknown>();
  for (const [name, text] of await readTexts([folder])) {
    if (!name.endsWith('.yaml') || name.includes('/')) continue;
    documents.set(
      basename(name, '.yaml'),
      parse(text, { schema: 'core', maxAliasCount: 20, logLevel: 'error' }),
    );
  }
  return documents;
}
