import { truncate, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { beginInstall } from './begin-install.ts';
import { buildDebianImage } from './debian-image.ts';
import { createHandoff, HANDOFF, type LabHandoff } from './handoff/handoff.ts';
import { proveHandoff } from './handoff/prove-handoff.ts';
import {
  addDistro,
  addSubnetAndSystem,
  createMachine,
  type Lab,
  openSite,
  type Site,
  SYSTEM,
} from './lab.ts';
import { proveSentToDisk } from './sent-to-disk.ts';
import { Timeline } from './timeline.ts';
import { stillOn } from './watch.ts';
import { sayTimeline } from './whole-timeline.ts';

/** Ten times what a stage takes on an idle machine: only what hangs takes longer. */
const LIMIT_MS = 10 * 60_000;
/** Above the shipped profile's minimum; a sparse file, so only the image's part takes room. */
const DISK_BYTES = 5e9;

/**
 * Deploys a Debian disk image with the shipped profile debian-13-image: the deploy agent writes it to an empty disk
 * and makes it this machine's own; the machine restarts, is sent to its disk, reports its first boot and is handed to
 * Ansible.
 */
export async function runImage(lab: Lab): Promise<void> {
  const { stages, processes } = lab;
  const image = await stages.run('disk image', () =>
    buildDebianImage(processes, lab, (text) => stages.say(`    ${text}`)),
  );
  const disk = join(lab.diskDir, `image-${lab.scenario.name}.img`);
  await writeFile(disk, '');
  await truncate(disk, DISK_BYTES);
  const roots = [dirname(image)];
  const handoff = await createHandoff(lab);
  const site = await stages.run('start provisiond', () => openSite(lab, roots, handoff.config));
  await stages.run('distro, profile, subnet, system', () => enterRecords(lab, site, image, handoff));

  const machine = createMachine(lab, site, { disk, memoryMb: 1024, cpus: 2 });
  const timeline = new Timeline(site.command, SYSTEM, stages);
  await stages.run('power on to installing', async () => {
    await beginInstall(lab, site, machine);
    await timeline.waitForStage('installing', LIMIT_MS, () => stillOn(machine));
  });
  await stages.run(`${basename(image)} to disk`, () =>
    timeline.waitForStage('installed', 2 * LIMIT_MS, () => stillOn(machine)),
  );
  const run = { machine, timeline, handoff, limitMs: LIMIT_MS };
  await proveSentToDisk(lab, run);
  await proveHandoff(lab, site, run);
  await sayTimeline(lab, site);
  await machine.powerOff();
  await stages.run('stop provisiond', () => site.provisiond.stop());
}

async function enterRecords(lab: Lab, site: Site, image: string, handoff: LabHandoff): Promise<void> {
  await addDistro(lab, site);
  const what = [
    '--from',
    'debian-13-image',
    '--image',
    image,
    '--ssh-key',
    handoff.key.publicKeyFile,
    '--handoff',
    HANDOFF,
  ];
  await site.command.run('profile', 'add', 'debian-image', '--distro', 'agent', ...what);
  await addSubnetAndSystem(lab, site, 'debian-image');
}
