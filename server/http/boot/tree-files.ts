import type { Files } from '../../files.ts';

/** For how long a file that was found below a tree is taken to be there still. */
const RECENT_MS = 1000;
/** Files remembered; an installer asks for some thousand. */
const LIMIT = 4096;

export interface TreeFilesParts {
  readonly findTree: (distro: string) => Promise<string | undefined>;
  readonly files: Pick<Files, 'locateInside'>;
  readonly nowMs: () => number;
}

interface Found {
  readonly path: string;
  readonly tree: string;
  readonly atMs: number;
}

/**
 * The real path of a file in the tree of a distro. Following links costs several looks at the disk, so what was found
 * is good for a second; whoever opens the path has to make sure that it is no link by then (`openLocated`).
 */
export function createTreeFiles({
  findTree,
  files,
  nowMs,
}: TreeFilesParts): (distro: string, name: string) => Promise<string | undefined> {
  // A Map keeps its order: the first entry is the one that was found the longest time ago.
  const recent = new Map<string, Found>();
  return async (distro, name) => {
    const tree = await findTree(distro);
    if (tree === undefined) return undefined;
    const key = `${distro}\0${name}`;
    const known = recent.get(key);
    const ageMs = nowMs() - (known?.atMs ?? 0);
    if (known?.tree === tree && ageMs >= 0 && ageMs < RECENT_MS) return known.path;
    recent.delete(key);
    const atMs = nowMs();
    const path = await files.locateInside(tree, name);
    if (path === undefined) return undefined;
    recent.set(key, { path, tree, atMs });
    const [oldest] = recent.keys();
    if (recent.size > LIMIT && oldest !== undefined) recent.delete(oldest);
    return path;
  };
}
