import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  addDistro,
  addSubnetAndSystem,
  createMachine,
  type Lab,
  openSite,
  type Site,
  SYSTEM,
} from '../lab.ts';
import type { Machine } from '../machine.ts';
import { createMarkerDisk } from '../marker-disk.ts';
import { Timeline } from '../timeline.ts';

/** Ten times what a stage takes on an idle machine: only what hangs takes longer. */
export const LIMIT_MS = 10 * 60_000;

/** An image that no machine of these scenarios writes anywhere. */
const IMAGE_BYTES = 100_000;

export interface FaultSetup {
  /** What the machine runs, after it has said `installing`; null: the shipped answer file, whole. */
  readonly script: string | null;
  readonly hasDisk?: false;
  /** Deadlines of the stages, in seconds, by the names of the configuration: short, so that one need not wait for hours. */
  readonly deadlines?: Readonly<Record<string, number>>;
  /** How long a machine that its BMC has switched on may take until its DISCOVER. */
  readonly netbootSeconds?: number;
}

/** One machine that is armed, and the server that something will go wrong with. */
export interface FaultLab {
  readonly lab: Lab;
  readonly site: Site;
  readonly machine: Machine;
  readonly timeline: Timeline;
  readonly hasDisk: boolean;
  /** The template of the machine's answer file, on the server. */
  readonly template: string;
}

const ANSWER_FILE = 'fault.sh';
const HEAD = `#!/bin/sh
{% include 'snippets/report.sh' %}
report installing 'until something goes wrong'
`;

export async function openFaultLab(lab: Lab, setup: FaultSetup): Promise<FaultLab> {
  const { stages } = lab;
  const files = join(lab.workDir, 'files');
  await mkdir(files, { recursive: true });
  const disk = setup.hasDisk === false ? null : join(lab.diskDir, `fault-${lab.scenario.name}.img`);
  if (disk !== null)
    await stages.run('make a disk that says when it is booted', () => createMarkerDisk(lab, disk));
  const deadlines = { ...setup.deadlines, graceSeconds: 0 };
  const { netbootSeconds = 300 } = setup;
  const config = { installs: { deadlines }, power: { netbootSeconds } };
  const site = await stages.run('start provisiond', () => openSite(lab, [files], config));
  const template = join(site.provisiond.dataDir, 'kickstarts', ANSWER_FILE);
  await stages.run('records', () => enterRecords(lab, site, { files, template, script: setup.script }));
  const machine = createMachine(lab, site, { disk, memoryMb: 768, cpus: 1 });
  const timeline = new Timeline(site.command, SYSTEM, stages);
  return { lab, site, machine, timeline, hasDisk: disk !== null, template };
}

async function enterRecords(
  lab: Lab,
  site: Site,
  { files, template, script }: { files: string; template: string; script: string | null },
): Promise<void> {
  const image = join(files, 'payload.img');
  await writeFile(image, Buffer.alloc(IMAGE_BYTES, 'provision'));
  await mkdir(join(template, '..'), { recursive: true });
  if (script === null) await copyFile(join(lab.root, 'kickstarts/image-deploy.sh'), template);
  else await writeFile(template, `${HEAD}${script}\n`);
  await addDistro(lab, site);
  const answer = ['--from', 'debian-13-image', '--answer-file', ANSWER_FILE];
  await site.command.run('profile', 'add', 'fault', '--distro', 'agent', ...answer, '--image', image);
  await addSubnetAndSystem(lab, site, 'fault');
}

/** Armed, and switched on. */
export async function begin({ lab, site, machine }: FaultLab): Promise<void> {
  await lab.stages.run('install, power on', async () => {
    await site.command.run('system', 'install', SYSTEM);
    await machine.powerOn();
  });
}
