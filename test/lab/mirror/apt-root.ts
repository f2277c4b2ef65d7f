import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './exec.ts';
import { SUITE } from './package-lists.ts';

/** A private apt: its own sources, lists and cache. The machine's own package state is never touched. */
export interface AptRoot {
  /** Where downloaded archives are kept, also between two builds. */
  readonly archives: string;
  readonly get: (args: readonly string[], options?: { cwd?: string; tolerant?: boolean }) => Promise<string>;
  /** The text of the downloaded index of the debs, or of the installer's udebs. */
  readonly packages: (kind: 'deb' | 'udeb') => Promise<string>;
}

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** The Debian archive this machine's own apt uses: behind a firewall it is the only one that answers. */
async function archiveUri(): Promise<string> {
  const format = '$(REPO_URI)|$(ORIGIN)|$(LABEL)';
  const output = await run('apt-get', ['indextargets', '--format', format, 'Created-By: Packages']);
  for (const line of output.split('\n')) {
    const [uri, origin, label] = line.split('|');
    if (uri !== undefined && origin === 'Debian' && label === 'Debian') return uri;
  }
  throw new Error('no Debian archive in this machine’s apt sources; run apt-get update once');
}

function aptOptions(root: string): string[] {
  const settings = {
    'Dir::State': join(root, 'state'),
    'Dir::State::status': join(root, 'status'),
    'Dir::Cache': join(root, 'cache'),
    'Dir::Cache::pkgcache': 'pkgcache.bin',
    'Dir::Cache::srcpkgcache': 'srcpkgcache.bin',
    'Dir::Etc::sourcelist': join(root, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'APT::Architecture': 'amd64',
    'APT::Install-Recommends': 'false',
    'APT::Sandbox::User': 'root',
    'Acquire::GzipIndexes': 'false',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
    'Debug::NoLocking': 'true',
  };
  return Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
}

/** Makes the private apt below `root` and brings its index up to date. */
export async function openAptRoot(root: string): Promise<AptRoot> {
  const lists = join(root, 'state/lists');
  const archives = join(root, 'cache/archives');
  await mkdir(join(lists, 'partial'), { recursive: true });
  await mkdir(join(archives, 'partial'), { recursive: true });
  await writeFile(join(root, 'status'), '');
  const source = `deb [arch=amd64 signed-by=${KEYRING}] ${await archiveUri()} ${SUITE} main main/debian-installer\n`;
  await writeFile(join(root, 'sources.list'), source);
  const options = aptOptions(root);
  const get: AptRoot['get'] = (args, runOptions) => run('apt-get', [...options, ...args], runOptions);
  await get(['-qq', 'update']);
  return {
    archives,
    get,
    packages: async (kind) => {
      const suffix =
        kind === 'deb' ? 'main_binary-amd64_Packages' : 'main_debian-installer_binary-amd64_Packages';
      const name = (await readdir(lists)).find((file) => file.endsWith(`_${SUITE}_${suffix}`));
      if (name === undefined) throw new Error(`apt has no ${suffix} index of ${SUITE}`);
      return readFile(join(lists, name), 'utf8');
    },
  };
}
