import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { reasonAgainstNamespaces } from './namespaces.ts';

/** Why Debian's puppetserver and agent are not run here; undefined if they can be. */
export function reasonAgainstPuppet(): string | undefined {
  if (process.env['PUPPET_LAB'] !== '1')
    return 'PUPPET_LAB=1 is not set: it downloads about 100 MB of packages and takes minutes and 1.2 GB of memory';
  return reasonAgainstNamespaces();
}

const PACKAGES = ['puppetserver', 'puppet-agent', 'default-jre-headless'];
const quiet = { encoding: 'utf8', maxBuffer: 64 << 20 } as const;

/** The files of puppetserver, puppet-agent and what they need that this machine has not: unpacked once, never installed. */
function unpackedPuppet(): string {
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'provision-lab');
  const target = join(cache, 'puppet-root');
  if (existsSync(target)) return target;
  const work = `${target}.${process.pid}`;
  const root = join(work, 'root');
  mkdirSync(root, { recursive: true });
  const plan = execFileSync(
    'apt-get',
    ['install', '--simulate', '--no-install-recommends', ...PACKAGES],
    quiet,
  );
  const names = [...plan.matchAll(/^Inst (\S+)/gm)].flatMap(([, name]) => name ?? []);
  execFileSync('apt-get', ['-o', 'APT::Sandbox::User=root', '-q', 'download', ...names], {
    ...quiet,
    cwd: work,
  });
  for (const deb of readdirSync(work).filter((name) => name.endsWith('.deb')))
    execFileSync('dpkg-deb', ['-x', join(work, deb), root]);
  // On a merged /usr these are links, which folders would hide.
  for (const folder of ['bin', 'sbin', 'lib', 'lib64'].filter((name) => existsSync(join(root, name)))) {
    cpSync(join(root, folder), join(root, 'usr', folder), { recursive: true, verbatimSymlinks: true });
    rmSync(join(root, folder), { recursive: true });
  }
  // What the packages' scripts would have done.
  const clojure = join(root, 'usr/share/java/clojure.jar');
  if (!existsSync(clojure)) symlinkSync('clojure-1.11.jar', clojure);
  renameSync(root, target);
  rmSync(work, { recursive: true });
  return target;
}

/** A copy of this machine's files with Puppet among them, of which nothing is ever written to the machine's own. */
export interface PuppetRoot {
  /** The files that differ: what is written below it is there for the programs. */
  readonly files: string;
  /** The command line that runs a program in it; /tmp is the machine's own. */
  command(...program: readonly string[]): readonly string[];
}

/** Makes one below the folder. */
export function makePuppetRoot(folder: string): PuppetRoot {
  const files = join(folder, 'files');
  mkdirSync(folder, { recursive: true });
  execFileSync('cp', ['-a', '--reflink=auto', unpackedPuppet(), files]);
  for (const name of ['work', 'root']) mkdirSync(join(folder, name));
  const root = join(folder, 'root');
  const script = join(folder, 'enter');
  writeFileSync(
    script,
    `#!/bin/sh
set -e
mount -t overlay overlay -o lowerdir=/,upperdir=${files},workdir=${join(folder, 'work')} ${root}
mount -t proc proc ${root}/proc
mount --rbind /sys ${root}/sys
mount --rbind /dev ${root}/dev
mount --bind /tmp ${root}/tmp
mount -t tmpfs tmpfs ${root}/run
exec chroot ${root} "$@"
`,
    { mode: 0o755 },
  );
  return { files, command: (...program) => ['unshare', '--mount', script, ...program] };
}
