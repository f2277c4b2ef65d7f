import type { Store } from '../../store/interfaces/store.ts';
import { createPrepared } from '../dhcp/prepared.ts';

/** Distros whose trees are kept. */
const LIMIT = 1000;

/** Folder of a distro's tree by the distro's name, if it has one here; an installer asks for thousands of files of it. */
export function distroTrees({ read, boot }: Pick<Store, 'read' | 'boot'>) {
  const trees = createPrepared<{ version: number; tree: string | undefined }>({
    isFresh: ({ version }) => version === boot.recordsVersion(),
    sizeOf: () => 1,
    limit: LIMIT,
  });
  const find = async (distro: string) => {
    const version = boot.recordsVersion();
    const tree = (await read.distros.find(distro))?.tree;
    return { version, tree: tree?.startsWith('/') ? tree : undefined };
  };
  return async (distro: string): Promise<string | undefined> =>
    (await trees.get(distro, () => find(distro))).tree;
}
