import { createHash, randomBytes } from 'node:crypto';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beginInstall, expectPower } from './begin-install.ts';
import type { SimulatedBmc } from './bmc/simulated-bmc.ts';
import {
  addDistro,
  addSubnetAndSystem,
  createMachine,
  type Lab,
  openSite,
  type Site,
  SYSTEM,
} from './lab.ts';
import { installLoaders } from './loader-files.ts';
import type { Machine } from './machine.ts';
import { createMarkerDisk, DISK_MARKER } from './marker-disk.ts';
import { startNeighbours } from './neighbours.ts';
import { CommandFailed } from './processes.ts';
import { Timeline } from './timeline.ts';
import { stillOn, waitForConsole, waitUntilOff } from './watch.ts';

/** Ten times what a stage takes on an idle machine: only what hangs takes longer. */
const LIMIT_MS = 10 * 60_000;
const AGENT_MARKER = 'LAB-QUICK-CHECK-PASSED';
const PAYLOAD_BYTES = 3_000_001; // odd, and no multiple of any block: a last short read has to be right

/**
 * Firmware to agent to report in well under a minute: the machine boots the deploy agent, checks the image that it is
 * served against a checksum from its answer file, reports, and switches off. Switched on again it asks the network
 * first and must end up on its disk, which says so on the serial port. A machine with a BMC restarts instead, and boots
 * from its disk without asking; ipmitool, which knows nothing of us, reads back each effect.
 */
export async function runQuick(lab: Lab): Promise<void> {
  const { stages } = lab;
  const files = join(lab.workDir, 'files');
  const disk = join(lab.diskDir, `quick-${lab.scenario.name}.img`);
  await stages.run('make a disk that says when it is booted', () => createMarkerDisk(lab, disk));
  const site = await stages.run('start provisiond', () => openSite(lab, [files]));
  await stages.run('distro, profile, subnet, system', () => enterRecords(lab, site, files));

  await stages.run('what else is on the wire', () => startNeighbours(lab));
  const machine = createMachine(lab, site, { disk, memoryMb: 768, cpus: 1 });
  const timeline = new Timeline(site.command, SYSTEM, stages);
  const bmc = await stages.run('install, power on', () => beginInstall(lab, site, machine));
  await stages.run('power on to installed', async () => {
    if (bmc !== undefined) await expectSwitchedOn(timeline, bmc);
    await timeline.waitForStage('installed', LIMIT_MS, () => stillOn(machine));
    timeline.expectSeen(lab.scenario.proof);
  });
  if (bmc === undefined) {
    await stages.run('power off', () => expectAgentDone(lab, machine));
    await stages.run('second boot, sent to its disk', () => bootFromDisk(machine, timeline));
  } else {
    await stages.run('restart, from its disk', () => expectRestart(machine, bmc));
    await stages.run('is on, and not interrupted unasked', () => expectRefused(site));
    await stages.run('switched off', () => switchOff(site, machine, bmc));
  }
  await stages.run('stop provisiond', () => site.provisiond.stop());
}

async function enterRecords(lab: Lab, site: Site, files: string): Promise<void> {
  const payload = randomBytes(PAYLOAD_BYTES);
  await mkdir(files, { recursive: true });
  const image = join(files, 'payload.img');
  await writeFile(image, payload);
  const kickstarts = join(site.provisiond.dataDir, 'kickstarts');
  await mkdir(kickstarts, { recursive: true });
  await copyFile(join(lab.root, 'test/lab/quick-answer.sh'), join(kickstarts, 'quick-answer.sh'));

  await installLoaders(lab, site);
  await addDistro(lab, site);
  const answer = ['--from', 'debian-13-image', '--answer-file', 'quick-answer.sh'];
  const checksum = createHash('sha256').update(payload).digest('hex');
  const install = ['--install', 'image', '--image', image, '--var', `payload_sha256=${checksum}`];
  const end = lab.scenario.bmc ? ['--var', 'at_end=reboot'] : [];
  await site.command.run('profile', 'add', 'quick', '--distro', 'agent', ...answer, ...install, ...end);
  await addSubnetAndSystem(lab, site, 'quick');
}

async function expectAgentDone({ scenario }: Lab, machine: Machine): Promise<void> {
  await waitUntilOff(machine, LIMIT_MS);
  await waitForConsole(machine, AGENT_MARKER, 0);
  if (scenario.console !== undefined) await waitForConsole(machine, scenario.console, 0);
}

async function bootFromDisk(machine: Machine, timeline: Timeline): Promise<void> {
  await machine.powerOn();
  // no look at the machine: by the time of the event the disk may have said its word and switched off
  await timeline.waitForStage('local-boot', LIMIT_MS);
  await waitForConsole(machine, DISK_MARKER, LIMIT_MS);
  await machine.powerOff();
}

/** What the BMC was told, as it tells it itself, and as it was told to others. */
async function expectSwitchedOn(timeline: Timeline, bmc: SimulatedBmc): Promise<void> {
  await timeline.waitForStage('dhcp-discover', LIMIT_MS);
  await expectPower(bmc, 'on');
  const device = await bmc.ipmitool.bootDevice();
  if (device !== 'No override')
    throw new Error(`ipmitool says '${device}', expected a boot device for one boot`);
  const told = bmc.chassis.asked.join(', ');
  if (told !== 'boot pxe, power 1')
    throw new Error(`the BMC was told '${told}', expected 'boot pxe, power 1'`);
}

/** The boot from the network was for once: now the disk comes first, as it did before. */
async function expectRestart(machine: Machine, bmc: SimulatedBmc): Promise<void> {
  await waitForConsole(machine, DISK_MARKER, LIMIT_MS);
  const said = await machine.readSerial();
  if (said.indexOf(DISK_MARKER) < said.indexOf(AGENT_MARKER) || !said.includes(AGENT_MARKER))
    throw new Error('the machine booted from its disk before it was installed');
  await expectPower(bmc, 'on');
}

/** Its disk reports no first boot, so its install goes on until somebody ends it. */
async function expectRefused({ command }: Site): Promise<void> {
  await command.run('system', 'cancel', SYSTEM);
  const refusal = await command.run('system', 'install', SYSTEM).then(
    () => 'armed',
    (error: unknown) => (error instanceof CommandFailed ? error.stderr : String(error)),
  );
  if (!refusal.includes('--cycle')) throw new Error(`expected a refusal that names --cycle, not: ${refusal}`);
}

async function switchOff({ command }: Site, machine: Machine, bmc: SimulatedBmc): Promise<void> {
  await command.run('power', 'off', SYSTEM, '--wait');
  await expectPower(bmc, 'off');
  if (machine.isOn) throw new Error('the BMC says off, the machine is on');
}
