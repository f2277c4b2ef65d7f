import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { AptRoot } from './apt-root.ts';
import { archiveName, field, type Stanza } from './control.ts';

const BATCH = 100;

async function isComplete(path: string, size: number): Promise<boolean> {
  try {
    return (await stat(path)).size === size;
  } catch {
    return false;
  }
}

/** The path of a package in the archive cache, or undefined while it is not there in full. */
async function cachedPath(
  apt: AptRoot,
  stanza: Stanza,
  extension: 'deb' | 'udeb',
): Promise<string | undefined> {
  const path = join(apt.archives, archiveName(stanza, extension));
  return (await isComplete(path, Number(field(stanza.text, 'Size')))) ? path : undefined;
}

/**
 * Brings packages into the archive cache and gives their paths by name. A package the archive lists but does not
 * serve is simply absent from the answer: the caller knows which ones it can do without or make itself.
 */
export async function download(
  apt: AptRoot,
  wanted: readonly Stanza[],
  extension: 'deb' | 'udeb',
): Promise<Map<string, string>> {
  const paths = new Map<string, string>();
  const collect = async (): Promise<Stanza[]> => {
    const missing: Stanza[] = [];
    for (const stanza of wanted) {
      const path = await cachedPath(apt, stanza, extension);
      if (path === undefined) missing.push(stanza);
      else paths.set(stanza.name, path);
    }
    return missing;
  };
  let missing = await collect();
  // apt gives up the rest of a batch when one of its files is refused, so what is left is asked for one by one.
  for (const size of [BATCH, 1]) {
    for (let start = 0; start < missing.length; start += size) {
      const names = missing.slice(start, start + size).map(({ name, version }) => `${name}=${version}`);
      await apt.get(['-qq', 'download', ...names], { cwd: apt.archives, tolerant: true });
    }
    missing = await collect();
  }
  return paths;
}
