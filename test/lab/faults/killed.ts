import { httpStreams } from '../../../src/cli/connect/http-streams.ts';
import { httpTransport } from '../../../src/cli/connect/http-transport.ts';
import { type Client, createClient } from '../../../src/client/client.ts';
import { type Lab, SYSTEM } from '../lab.ts';
import { waitFor } from '../wait.ts';
import { waitUntilOff } from '../watch.ts';
import { begin, type FaultLab, LIMIT_MS, openFaultLab } from './fault-lab.ts';
import { bootAgain, expectDisk, expectFailure, expectWholeStory, NO_FIRST_BOOT } from './outcome.ts';

/** Every state that a machine is in on its way to its first boot. */
const STATES = ['armed', 'booting', 'loading', 'installing', 'installed'];
/** Two reports with some time between them, in which the server comes up again. */
const SCRIPT = "sleep 3\nreport installed 'in the lab'\nreboot -f";

/**
 * The server is killed at every state that the machine comes to, and started again. The machine goes on to `installed` by
 * one answer file, and what was to come after that is missed in its time, although the server that began to wait is gone.
 */
export async function runKilled(lab: Lab): Promise<void> {
  const fault = await openFaultLab(lab, { script: SCRIPT, deadlines: { firstBootSeconds: 30 } });
  await begin(fault);
  await lab.stages.run('killed at every state, up to installed', async () => {
    await killAtEveryState(fault);
    await fault.timeline.waitForState('installed', LIMIT_MS);
    await waitUntilOff(fault.machine, LIMIT_MS);
  });
  await bootAgain(fault);
  await expectDisk(fault);
  await expectFailure(fault, NO_FIRST_BOOT);
  // DISCOVERs that were told of in the last second before a kill are not on the disk: those of the states are.
  await expectWholeStory(fault, { boots: 1, answerFiles: 1 });
}

/**
 * States pass in a moment, so the server is asked all the time. A state that was missed comes again: the machine retries,
 * or boots its disk when its boot script was cut off, which switches it off; then somebody switches it on again.
 */
async function killAtEveryState({ lab, site, machine }: FaultLab): Promise<void> {
  const left = new Set(STATES);
  const address = { kind: 'unix', path: site.provisiond.socket } as const;
  const client = createClient({ request: httpTransport(address), openStream: httpStreams(address) });
  await waitFor({ what: `the states ${STATES.join(', ')}`, limitMs: LIMIT_MS, everyMs: 5 }, async () => {
    const state = await stateNow(client);
    if (!left.delete(state)) {
      if (!machine.isOn) await machine.powerOn();
      return undefined;
    }
    await site.provisiond.kill();
    lab.stages.say(`    killed while ${state}`);
    await site.provisiond.start();
    const after = await stateNow(client);
    if (STATES.indexOf(after) < STATES.indexOf(state))
      throw new Error(`the install was ${state} when the server was killed, and is ${after} after its start`);
    return left.size === 0 ? true : undefined;
  });
}

async function stateNow(client: Client): Promise<string> {
  const { install } = await client.systems.get(SYSTEM);
  return install?.state ?? 'none';
}
