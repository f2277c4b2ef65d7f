import { ADDRESS, type Lab, SYSTEM } from './lab.ts';
import type { Machine } from './machine.ts';
import { type SshKey, waitForSsh } from './ssh.ts';
import type { Timeline } from './timeline.ts';
import { stillOn, waitUntilOff } from './watch.ts';

const QUESTION = 'hostname; findmnt -no SOURCE /; cat /etc/debian_version; uname -r';

/**
 * The end of every install: the machine restarts, asks the network first and is sent to its disk (with a BMC it goes
 * there by itself), and the system on it answers SSH with the key from the profile, under its own name, running from
 * the disk.
 */
export async function proveInstalled(
  lab: Lab,
  run: { machine: Machine; timeline: Timeline; key: SshKey; limitMs: number },
): Promise<void> {
  const { stages } = lab;
  const { machine, timeline } = run;
  if (!lab.scenario.bmc) {
    await stages.run('restart', () => waitUntilOff(machine, run.limitMs));
    await stages.run('boots again and is sent to its disk', async () => {
      await machine.powerOn();
      await timeline.waitForStage('local-boot', run.limitMs, () => stillOn(machine));
    });
  }
  await stages.run('disk to SSH', async () => {
    const target = { namespace: lab.network.serverNamespace, address: ADDRESS, key: run.key };
    const check = () => stillOn(machine);
    const output = await waitForSsh(lab.processes, target, {
      command: QUESTION,
      limitMs: run.limitMs,
      check,
    });
    const [hostname = '', device = '', release = '', kernel = ''] = output.split('\n');
    stages.say(`    SSH: ${hostname} runs Debian ${release} on ${device}, Linux ${kernel}`);
    if (hostname !== SYSTEM) throw new Error(`the machine calls itself ${hostname}, expected ${SYSTEM}`);
    if (!device.startsWith('/dev/vda')) throw new Error(`the machine runs from ${device}, expected its disk`);
  });
}
