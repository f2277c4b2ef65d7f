import type { Lab } from './lab.ts';
import type { Machine } from './machine.ts';
import type { Timeline } from './timeline.ts';
import { stillOn, waitUntilOff } from './watch.ts';

/**
 * The end of every install: the machine restarts, asks the network first and is sent to its disk. With a BMC it goes there
 * by itself.
 */
export async function proveSentToDisk(
  { stages, scenario }: Lab,
  { machine, timeline, limitMs }: { machine: Machine; timeline: Timeline; limitMs: number },
): Promise<void> {
  if (scenario.bmc) return;
  await stages.run('restart', () => waitUntilOff(machine, limitMs));
  await stages.run('boots again and is sent to its disk', async () => {
    await machine.powerOn();
    await timeline.waitForStage('local-boot', limitMs, () => stillOn(machine));
  });
}
