import { truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beginInstall } from './begin-install.ts';
import { createHandoff, HANDOFF, type LabHandoff } from './handoff/handoff.ts';
import { proveHandoff } from './handoff/prove-handoff.ts';
import { InstallerConsole } from './installer-console.ts';
import { addSubnetAndSystem, createMachine, type Lab, openSite, type Site, SYSTEM } from './lab.ts';
import { buildMirror, type Mirror } from './mirror/mirror.ts';
import { proveSentToDisk } from './sent-to-disk.ts';
import { Timeline } from './timeline.ts';
import { sayTimeline } from './whole-timeline.ts';

/** A sparse file; the installed system takes 700 MB of it. */
const DISK_BYTES = 10e9;
/** Twenty minutes where the processor is emulated and idle; an hour beside other work. */
const INSTALL_LIMIT_MS = 90 * 60_000;

/**
 * Debian 13 by its own installer, from a small mirror served by provisiond, with the shipped profile debian-13: the
 * machine installs unattended, restarts, asks the network, is sent to its disk, reports its first boot and is handed to Ansible.
 */
export async function runFull(lab: Lab): Promise<void> {
  const { stages, cacheDir } = lab;
  const mirror = await stages.run('Debian mirror', () =>
    buildMirror({ cacheDir, log: (line) => stages.say(`    ${line}`) }),
  );
  const disk = join(lab.diskDir, `full-${lab.scenario.name}.img`);
  await writeFile(disk, '');
  await truncate(disk, DISK_BYTES);
  const roots = [mirror.root, dirname(mirror.kernel)];
  const handoff = await createHandoff(lab);
  const site = await stages.run('start provisiond', () => openSite(lab, roots, handoff.config));
  await stages.run('distro, profile, subnet, system', () => enterRecords(lab, site, mirror, handoff));

  const machine = createMachine(lab, site, { disk, memoryMb: 1536, cpus: 2 });
  const timeline = new Timeline(site.command, SYSTEM, stages);
  const console = new InstallerConsole(machine, stages);
  const follow = (stage: string, limitMs: number) =>
    timeline.waitForStage(stage, limitMs, () => console.check());
  await stages.run('power on to installing', async () => {
    await beginInstall(lab, site, machine);
    await follow('installing', INSTALL_LIMIT_MS);
  });
  await stages.run('installing to partitioning', () => follow('partitioning', INSTALL_LIMIT_MS));
  await stages.run('partitioning to installed', () => follow('installed', INSTALL_LIMIT_MS));
  const run = { machine, timeline, handoff, limitMs: 1_800_000 };
  await proveSentToDisk(lab, run);
  await proveHandoff(lab, site, run);
  await sayTimeline(lab, site);
  await machine.powerOff();
  await stages.run('stop provisiond', () => site.provisiond.stop());
}

async function enterRecords(lab: Lab, site: Site, mirror: Mirror, handoff: LabHandoff): Promise<void> {
  const { command } = site;
  const files = ['--kernel', mirror.kernel, '--initrd', mirror.initrd, '--tree', mirror.root];
  // the text frontend writes plain lines, which the console's watcher can read
  const kernelArgs = ['--kernel-args', 'DEBIAN_FRONTEND=text console=ttyS0 quiet'];
  await command.run(
    'distro',
    'add',
    'debian-13',
    '--family',
    'debian',
    '--version',
    '13',
    ...files,
    ...kernelArgs,
  );
  // fast and unsigned_mirror are the shipped answer file's switches for tests
  const vars = ['--var', 'fast=yes', '--var', 'unsigned_mirror=yes'];
  const settings = [
    // what Ansible needs there
    '--packages',
    'python3',
    '--set',
    'kernelPackage=linux-image-cloud-amd64',
    '--ssh-key',
    handoff.key.publicKeyFile,
    '--handoff',
    HANDOFF,
  ];
  await command.run('profile', 'add', 'debian-13', '--distro', 'debian-13', ...settings, ...vars);
  await addSubnetAndSystem(lab, site, 'debian-13');
  // behind three dashes: what the installer passes on to the installed system
  await command.run('system', 'edit', SYSTEM, '--kernel-args=--- console=ttyS0');
}
