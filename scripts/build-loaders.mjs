#!/usr/bin/env node
// Builds local-x64.efi: a small GRUB that iPXE chains to start the system on a UEFI machine's own disk. It carries its
// whole configuration, so it needs neither network nor files. Made from Debian's packages, which are downloaded and
// unpacked below a cache; nothing is installed and no root is needed.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { unpackPackages } from './agent/packages.mjs';

const USAGE = `Usage: npm run loaders -- --out DIR [--cache DIR]

  --out DIR    where local-x64.efi is written; <dataDir>/loaders is where provisiond looks first
  --cache DIR  default $XDG_CACHE_HOME/provision or ~/.cache/provision`;

const CONFIG = join(dirname(fileURLToPath(import.meta.url)), '../deploy/loaders/local-x64.cfg');
const MODULES = [
  'memdisk',
  'tar',
  'part_gpt',
  'part_msdos',
  'fat',
  'search',
  'search_fs_file',
  'chain',
  'boot',
  'minicmd',
  'echo',
  'sleep',
  'test',
  'normal',
];

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    cache: {
      type: 'string',
      default: join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'provision'),
    },
  },
});
if (!values.out) {
  process.stderr.write(`--out DIR is missing\n\n${USAGE}\n`);
  process.exit(2);
}
const [tools, devmapper, grub] = unpackPackages(
  ['grub-common', 'libdevmapper1.02.1', 'grub-efi-amd64-bin'],
  values.cache,
);
const library = join(devmapper, 'lib/x86_64-linux-gnu');
const modules = join(grub, 'usr/lib/grub/x86_64-efi');
mkdirSync(values.out, { recursive: true });
const out = join(values.out, 'local-x64.efi');
const work = mkdtempSync(join(tmpdir(), 'provision-loaders-'));
try {
  // A configuration given with -c is read by GRUB's rescue parser, which knows neither `for` nor `if`; one in a memory
  // disk is read by the normal one.
  // A prefix without a path, `(memdisk)`, would be completed with the path that the firmware loaded GRUB from.
  mkdirSync(join(work, 'boot/grub'), { recursive: true });
  copyFileSync(CONFIG, join(work, 'boot/grub/grub.cfg'));
  const memdisk = join(work, 'memdisk.tar');
  const reproducible = ['--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
  execFileSync('tar', ['-C', work, ...reproducible, '-cf', memdisk, 'boot']);
  execFileSync(
    join(tools, 'usr/bin/grub-mkimage'),
    ['-O', 'x86_64-efi', '-d', modules, '-p', '(memdisk)/boot/grub', '-m', memdisk, '-o', out, ...MODULES],
    { env: { ...process.env, LD_LIBRARY_PATH: library }, stdio: ['ignore', 'inherit', 'inherit'] },
  );
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.stdout.write(`${out}\n`);
