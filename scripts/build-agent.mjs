#!/usr/bin/env node
// Builds the deploy agent: a Linux kernel and a small initramfs that fetches its answer file and runs it.
// All parts come from Debian packages, downloaded as apt is set up here and unpacked below a cache; nothing is
// installed and no root is needed. The result depends on the packages' versions only.
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { DIRECTORY, encodeCpio, FILE, PROGRAM, SYMLINK } from './agent/cpio.mjs';
import { SERVER_SET, SMALL_SET, selectModules } from './agent/modules.mjs';
import { resolveKernelPackage, unpackPackages } from './agent/packages.mjs';

const USAGE = `Usage: npm run agent -- --out DIR [--lab] [--module NAME]… [--add DIR]… [--kernel-package NAME] [--cache DIR]

  --out DIR              where vmlinuz, initrd.gz and agent.json are written
  --lab                  only the drivers of virtual machines: smaller, for tests
  --module NAME          one more kernel module (may be repeated)
  --add DIR              files laid over the initramfs, such as lib/firmware (may be repeated)
  --kernel-package NAME  default linux-image-amd64
  --cache DIR            default $XDG_CACHE_HOME/provision or ~/.cache/provision`;

const SOURCES = join(dirname(fileURLToPath(import.meta.url)), '../deploy/agent');

function readOptions() {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      lab: { type: 'boolean', default: false },
      module: { type: 'string', multiple: true, default: [] },
      add: { type: 'string', multiple: true, default: [] },
      'kernel-package': { type: 'string', default: 'linux-image-amd64' },
      cache: {
        type: 'string',
        default: join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'provision'),
      },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    process.exit(0);
  }
  if (!values.out) throw new Error(`--out DIR is missing\n\n${USAGE}`);
  return values;
}

/** Adds a file and the folders above it that are not there yet. */
class Tree {
  #entries = new Map();

  add(path, mode, body) {
    const parent = dirname(path);
    if (parent !== '.') this.add(parent, DIRECTORY, Buffer.alloc(0));
    if (mode === DIRECTORY && this.#entries.has(path)) return;
    this.#entries.set(path, { path, mode, body });
  }

  addFolder(folder, base = folder) {
    for (const name of readdirSync(folder).sort()) {
      const path = join(folder, name);
      const info = lstatSync(path);
      if (info.isDirectory()) this.addFolder(path, base);
      else if (info.isSymbolicLink())
        this.add(relative(base, path), SYMLINK, Buffer.from(readlinkSync(path)));
      else this.add(relative(base, path), info.mode & 0o111 ? PROGRAM : FILE, readFileSync(path));
    }
  }

  encode() {
    return encodeCpio([...this.#entries.values()]);
  }
}

function findBusybox(folder) {
  const path = ['bin/busybox', 'usr/bin/busybox'].map((name) => join(folder, name)).find(existsSync);
  if (!path) throw new Error('the busybox-static package holds no busybox');
  return path;
}

/** Some releases put modules below usr/lib; depmod wants lib. */
function moduleRoot(folder) {
  return existsSync(join(folder, 'lib/modules')) ? folder : join(folder, 'usr');
}

function buildInitrd({ busybox, modules, version, add }) {
  const tree = new Tree();
  for (const folder of ['proc', 'sys', 'dev', 'run', 'tmp', 'root', 'mnt', 'sbin']) {
    tree.add(folder, DIRECTORY, Buffer.alloc(0));
  }
  tree.add('bin/busybox', PROGRAM, readFileSync(busybox));
  tree.add('init', PROGRAM, readFileSync(join(SOURCES, 'init')));
  tree.add('etc/udhcpc.sh', PROGRAM, readFileSync(join(SOURCES, 'udhcpc.sh')));
  tree.add('etc/run-answer', FILE, readFileSync(join(SOURCES, 'run-answer')));
  tree.add('sbin/wget', PROGRAM, readFileSync(join(SOURCES, 'wget')));
  tree.add('bin/provision-event', PROGRAM, readFileSync(join(SOURCES, 'provision-event')));
  for (const path of modules.files) {
    tree.add(join('lib/modules', version, path), FILE, readFileSync(join(modules.dir, path)));
  }
  for (const [name, text] of Object.entries(modules.lists)) {
    tree.add(join('lib/modules', version, name), FILE, Buffer.from(text));
  }
  for (const folder of add) tree.addFolder(folder);
  return gzipSync(tree.encode());
}

function main() {
  const options = readOptions();
  const kernelPackage = resolveKernelPackage(options['kernel-package']);
  const [kernel, busyboxFolder] = unpackPackages([kernelPackage, 'busybox-static'], options.cache);
  const busybox = findBusybox(busyboxFolder);
  const root = moduleRoot(kernel);
  const [version] = readdirSync(join(root, 'lib/modules'));
  if (!version) throw new Error(`${kernelPackage} holds no modules`);
  const wanted = [...(options.lab ? SMALL_SET : SERVER_SET), ...options.module];
  const modules = selectModules({ busybox, root, version, wanted });
  const initrd = buildInitrd({ busybox, modules, version, add: options.add });

  mkdirSync(options.out, { recursive: true });
  const write = (name, bytes) => {
    writeFileSync(join(options.out, `${name}.part`), bytes);
    renameSync(join(options.out, `${name}.part`), join(options.out, name));
  };
  copyFileSync(join(kernel, 'boot', `vmlinuz-${version}`), join(options.out, 'vmlinuz'));
  write('initrd.gz', initrd);
  const report = {
    kernelPackage,
    kernelVersion: version,
    kernel: 'vmlinuz',
    initrd: 'initrd.gz',
    initrdBytes: initrd.length,
    initrdSha256: createHash('sha256').update(initrd).digest('hex'),
    modules: modules.files.length,
    missingModules: modules.missing,
  };
  write('agent.json', `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
}

try {
  main();
} catch (error) {
  process.stderr.write(`build-agent: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
