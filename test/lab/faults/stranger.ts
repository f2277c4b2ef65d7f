import { expectPower } from '../begin-install.ts';
import { startBmc } from '../bmc/simulated-bmc.ts';
import { createMachine, type Lab, SYSTEM } from '../lab.ts';
import type { Machine } from '../machine.ts';
import { waitFor } from '../wait.ts';
import { LIMIT_MS, openFaultLab } from './fault-lab.ts';
import { bootAgain, expectDisk, expectFailure, expectWholeStory } from './outcome.ts';

/** Somebody has put in another network card, or typed the MAC address of another machine. */
const STRANGE_MAC = '52:54:00:99:00:66';

/**
 * The machine that the BMC switches on has another MAC address than the one on record: it is given nothing to install, and
 * the install that waits ends for want of its machine, in the time that it was given. When that one comes after all, it is
 * sent to its disk.
 */
export async function runStranger(lab: Lab): Promise<void> {
  const { stages } = lab;
  const fault = await openFaultLab(lab, { script: 'reboot -f', netbootSeconds: 30 });
  const spec = { disk: null, memoryMb: 512, cpus: 1, name: 'stranger', mac: STRANGE_MAC };
  const stranger = createMachine(lab, fault.site, spec);
  await stages.run('install, power on', async () => {
    await expectPower(await startBmc(lab, stranger), 'off');
    await fault.site.command.run('system', 'install', SYSTEM);
  });
  await stages.run('a stranger asks, and is given nothing', () => expectNothingGiven(stranger));
  await expectFailure(fault, {
    stage: 'power',
    reason: /nothing was heard of it .*the MAC on record/,
    missing: 'discover',
    hint: /MAC/,
  });
  await stranger.powerOff();
  await bootAgain(fault);
  await expectDisk(fault);
  await expectWholeStory(fault, { boots: 1, answerFiles: 0 });
}

async function expectNothingGiven(stranger: Machine): Promise<void> {
  await waitFor({ what: 'the end of its netboot', limitMs: LIMIT_MS, everyMs: 300 }, async () => {
    const said = await stranger.readSerial();
    if (said.includes('provision: ')) throw new Error('a machine without a record is told what to boot');
    return /No more network devices|No bootable device/.test(said) ? true : undefined;
  });
}
