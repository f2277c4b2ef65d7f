import { describeInstall, readInstall, readTimeline } from '../install-record.ts';
import { type Lab, type Site, SYSTEM } from '../lab.ts';
import type { Machine } from '../machine.ts';
import type { Timeline } from '../timeline.ts';
import { stillOn } from '../watch.ts';
import { type LabHandoff, WORD } from './handoff.ts';
import { type Inside, readInside } from './inside.ts';

export interface HandoffRun {
  readonly machine: Machine;
  readonly timeline: Timeline;
  readonly handoff: LabHandoff;
  readonly limitMs: number;
}

/**
 * From `installed` to being in service: the machine reports its first boot, ansible-playbook fails on it and is tried again
 * without an install; the machine restarts and is still ready. An SSH client that believes the reported host keys only
 * looks at all of it from inside.
 */
export async function proveHandoff(lab: Lab, site: Site, run: HandoffRun): Promise<void> {
  const { stages } = lab;
  const { machine, timeline, handoff, limitMs } = run;
  const look = () => readInside(lab, site, { machine, key: handoff.key, limitMs });
  const on = () => stillOn(machine);
  await stages.run('disk to first boot', () => timeline.waitForState('configuring', limitMs, on));
  await stages.run('server killed while it hands off', async () => {
    await site.provisiond.kill();
    await site.provisiond.start();
  });
  await stages.run('hand-off fails', () => timeline.waitForState('failed', limitMs, on));
  const failed = await stages.run('what it has done', look);
  await expectFailure(lab, site, failed);
  await stages.run('handoff retry to ready', async () => {
    await handoff.openGate();
    await site.command.run('handoff', 'retry', SYSTEM, '--no-wait');
    await timeline.waitForState('ready', limitMs, on);
  });
  const ready = await stages.run('what it has done', look);
  if (ready.done !== WORD) throw new Error(`the playbook left '${ready.done}', expected '${WORD}'`);
  const again = await stages.run('restart', async () => {
    await restart(lab, site, run);
    return look();
  });
  if (again.bootId === ready.bootId) throw new Error('the machine did not restart');
  await expectOneInstall(site, [failed, ready, again]);
}

/** The playbook has come to the machine, by the profile's key, and then failed for its own reason. */
async function expectFailure({ stages }: Lab, site: Site, inside: Inside): Promise<void> {
  const install = await readInstall(site);
  stages.say(`    ${describeInstall(install)}`);
  stages.say(`    SSH: ${inside.hostname} runs ${inside.versions} on ${inside.device}`);
  if (inside.hostname !== SYSTEM) throw new Error(`the machine calls itself ${inside.hostname}`);
  if (!inside.device.startsWith('/dev/vda')) throw new Error('the machine does not run from its disk');
  const { state, stage, reason, hint } = install;
  if (state !== 'failed' || stage !== 'handoff') throw new Error('expected failed at handoff');
  if (!/gate is not there/.test(reason ?? '')) throw new Error("the reason is not the playbook's");
  if (!/handoff retry/.test(hint ?? '')) throw new Error('the hint does not say how to retry');
  if (!inside.written.endsWith(WORD) || inside.done !== '')
    throw new Error(`the playbook wrote '${inside.written}' and '${inside.done}' before it failed`);
}

/** By its BMC; where it has none by hand, and then it asks the network first and is sent to its disk. */
async function restart(lab: Lab, site: Site, { machine, timeline, limitMs }: HandoffRun): Promise<void> {
  if (lab.scenario.bmc) return void (await site.command.run('power', 'cycle', SYSTEM));
  await machine.powerOff();
  await machine.powerOn();
  await timeline.waitForStage('local-boot', limitMs, () => stillOn(machine));
}

/** One install, one attempt, one answer file, one machine-id: nothing was installed twice. */
async function expectOneInstall(site: Site, looks: readonly Inside[]): Promise<void> {
  const { id, state, attemptsUsed } = await readInstall(site);
  if (state !== 'ready') throw new Error(`the install is ${state} after the restart, expected ready`);
  const { items } = await readTimeline(site);
  const answers = items.filter(({ stage }) => stage === 'answer-file').length;
  const machineIds = new Set(looks.map(({ machineId }) => machineId));
  const counts = [id, attemptsUsed, answers, machineIds.size];
  if (counts.some((count) => count !== 1))
    throw new Error(
      `install, attempts, answer files, machine-ids are ${counts.join(', ')}: expected one each`,
    );
}
