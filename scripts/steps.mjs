// @ts-check
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { runChild } from './child.mjs';
import { ROOT } from './root.mjs';
import { isDebian, isRoot, missingSystemPackages } from './system-packages.mjs';
import { countVitest, failuresOf } from './tally.mjs';

/**
 * One step of `npm test`. `without` gives the reason why this machine cannot run it, or undefined. `run` gives
 * the counts, and what failed where it can tell; a step made with `once` is one test.
 * @typedef {object} Step
 * @property {string} name what PROVISION_TEST_SKIP calls it
 * @property {string} title
 * @property {() => string | undefined} [without]
 * @property {() => Promise<import('./tally.mjs').Tally & { failures?: string[] }>} run
 */

/**
 * A program of node_modules/.bin whose exit status is the result.
 * @param {number} limitMinutes
 * @param {string} tool
 * @param {...string} args
 */
const tool = (limitMinutes, tool, ...args) =>
  once(() => runChild(join(ROOT, 'node_modules/.bin', tool), args, { limitMinutes }));

/**
 * The lab's program, built before.
 * @param {number} limitMinutes
 * @param {...string} args
 */
const lab = (limitMinutes, ...args) =>
  once(() => runChild(process.execPath, [join(ROOT, 'dist/test/lab/main.js'), ...args], { limitMinutes }));

/** @param {() => Promise<number>} run @returns {Step['run']} */
function once(run) {
  return async () =>
    (await run()) === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

async function build() {
  await ensureBuilt();
  return 0;
}

/** Counts come from the JSON report; the usual report still goes to the terminal. */
async function vitest() {
  const folder = mkdtempSync(join(tmpdir(), 'provision-test-'));
  const report = join(folder, 'vitest.json');
  try {
    const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const status = await runChild(join(ROOT, 'node_modules/.bin/vitest'), args, { limitMinutes: 20 });
    const text = existsSync(report) ? readFileSync(report, 'utf8') : undefined;
    const result = text === undefined ? undefined : JSON.parse(text);
    return { ...countVitest(result, status), failures: failuresOf(result) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const LAB_PACKAGES = [
  'qemu-system-x86',
  'ovmf',
  'ipxe',
  'busybox-static',
  'iproute2',
  'dnsmasq-base',
  'openipmi',
  'ipmitool',
  'curl',
];
const IMAGE_PACKAGES = [
  ...LAB_PACKAGES,
  'debootstrap',
  'e2fsprogs',
  'fdisk',
  'openssh-client',
  'ansible-core',
];

/** @param {readonly string[]} packages */
function withoutLab(packages) {
  if (!isRoot) return 'needs root for network namespaces';
  if (!isDebian) return 'needs Debian, whose packages become the machines';
  if (!existsSync('/dev/net/tun')) return 'needs the tun driver (modprobe tun)';
  // Root in a container may not be allowed to, and says so only when asked.
  if (spawnSync('unshare', ['--net', 'true']).status !== 0) return 'may not make network namespaces here';
  const missing = missingSystemPackages().filter((entry) => packages.includes(entry.name));
  return missing.length > 0 ? `needs ${missing.map((entry) => entry.name).join(', ')}` : undefined;
}

/** @type {readonly Step[]} */
export const STEPS = [
  { name: 'types', title: 'Types', run: tool(3, 'tsc', '--noEmit') },
  { name: 'lint', title: 'Lint', run: tool(3, 'biome', 'check', '--error-on-warnings', '.') },
  { name: 'unused', title: 'Unused files, exports and dependencies', run: tool(3, 'knip') },
  { name: 'build', title: 'Build', run: once(build) },
  { name: 'vitest', title: 'Architecture, unit, contract and interoperability tests', run: vitest },
  {
    name: 'lab-quick',
    title: 'Lab: virtual machines boot over the network, each firmware in its way',
    without: () => withoutLab(LAB_PACKAGES),
    run: lab(15, '--quick', '--jobs', '2'),
  },
  {
    name: 'lab-faults',
    title: 'Lab: what goes wrong on purpose ends in a failure with a name, and the machine on its disk',
    without: () => withoutLab(LAB_PACKAGES),
    run: lab(20, '--quick', '--scenario', 'faults', '--jobs', '3'),
  },
  {
    name: 'lab-image',
    title:
      'Lab: a virtual machine, switched on by its BMC, gets a disk image, is handed to Ansible and is in service',
    without: () => withoutLab(IMAGE_PACKAGES),
    run: lab(20, '--image', '--scenario', 'ipmi'),
  },
];
