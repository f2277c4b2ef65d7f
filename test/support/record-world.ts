import { join } from 'node:path';
import { openRecords } from '../../server/records.ts';
import { openSecretBox } from '../../server/secret-box.ts';
import type { ShippedProfile } from '../../src/services/profiles.ts';
import type { Store } from '../../src/store/interfaces/store.ts';
import { openEmptyStore } from './empty-store.ts';
import { NOW_MS } from './store-records.ts';

/** The use cases of records alone, on a database of their own; every file that a distro names is there. */
export interface RecordWorld {
  readonly records: ReturnType<typeof openRecords>;
  readonly store: Store;
  readonly dataDir: string;
  /** Profiles that come with the product, by name. */
  readonly shipped: Map<string, ShippedProfile>;
  /** Files that are not there. */
  readonly missing: Set<string>;
  dispose(): Promise<void>;
}

export async function openRecordWorld(): Promise<RecordWorld> {
  const { store, dataDir, dispose } = await openEmptyStore();
  const shipped = new Map<string, ShippedProfile>();
  const missing = new Set<string>();
  const deps = {
    store,
    secrets: openSecretBox(join(dataDir, 'secret.key')),
    now: () => NOW_MS,
    randomBytes: (length: number) => Buffer.alloc(length, 7),
  };
  const records = openRecords(deps, {
    files: {
      inspect: async (path) =>
        missing.has(path)
          ? { refused: `${path} is not there` }
          : { kind: path.endsWith('/tree') ? 'directory' : 'file', size: 1 },
    },
    shipped: { find: async (name) => shipped.get(name), names: async () => [...shipped.keys()] },
    ownAddresses: () => [],
    onSubnets: () => {},
  });
  return { records, store, dataDir, shipped, missing, dispose };
}
