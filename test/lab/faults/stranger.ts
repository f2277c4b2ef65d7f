import { createMachine, type Lab } from '../lab.ts';
import { waitFor } from '../wait.ts';
import { begin, LIMIT_MS, openFaultLab } from './fault-lab.ts';
import { bootAgain, expectDisk, expectFailure, expectWholeStory } from './outcome.ts';

/** Somebody typed another machine's MAC address, or put in another network card. */
const STRANGE_MAC = '52:54:00:99:00:66';

/**
 * The machine that is switched on has another MAC address than the one on record: it is given nothing to install, and the
 * install that waits ends for want of its machine. When that comes after all, it boots its disk.
 */
export async function runStranger(lab: Lab): Promise<void> {
  const fault = await openFaultLab(lab, { script: 'reboot -f', deadlines: { discoverSeconds: 45 } });
  const { stages } = lab;
  const spec = { disk: null, memoryMb: 512, cpus: 1, name: 'stranger', mac: STRANGE_MAC };
  const stranger = createMachine(lab, fault.site, spec);
  await begin({ ...fault, machine: stranger });
  await stages.run('a stranger asks, and is given nothing', () =>
    waitFor({ what: 'the end of its netboot', limitMs: LIMIT_MS, everyMs: 300 }, async () => {
      const said = await stranger.readSerial();
      if (said.includes('provision: installing')) throw new Error('a machine without a record is installed');
      return /No bootable device|No more network devices/.test(said) ? true : undefined;
    }),
  );
  await stranger.powerOff();
  await expectFailure(fault, { stage: 'dhcp-discover', reason: /./, hint: new RegExp(STRANGE_MAC) });
  await bootAgain(fault);
  await expectDisk(fault);
  await expectWholeStory(fault, { boots: 1, answerFiles: 0 });
}
