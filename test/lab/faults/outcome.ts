import { readFile } from 'node:fs/promises';
import { describeInstall, readInstall, readTimeline } from '../install-record.ts';
import { DISK_MARKER } from '../marker-disk.ts';
import { type BootEvent, stateOf } from '../timeline.ts';
import { waitForConsole } from '../watch.ts';
import { type FaultLab, LIMIT_MS } from './fault-lab.ts';
import { judgeStory, type Witness } from './story.ts';

/** The named failure that a fault has to end in. */
export interface Failure {
  readonly stage: string;
  readonly reason: RegExp;
  /** The first stage of the machine's way that was not reached, as the diagnosis names it. */
  readonly missing: string;
  /** What to do: of the record, or of the likeliest cause. */
  readonly hint: RegExp;
}

/** How an installed system that is never heard of is told, where it has half a minute for it. */
export const NO_FIRST_BOOT: Failure = {
  stage: 'first-boot',
  reason: /^first-boot did not come within 30 s after installed/,
  missing: 'first-boot',
  hint: /its first boot takes the install up again/,
};

/** Waits for the failure, says how it is told, and fails if it is another. */
export async function expectFailure(fault: FaultLab, wanted: Failure): Promise<void> {
  const { stages } = fault.lab;
  const isFailed = (event: BootEvent) => stateOf(event) === 'failed';
  await stages.run('failed', () => fault.timeline.waitUntilSeen("state 'failed'", isFailed, LIMIT_MS));
  const install = await readInstall(fault.site);
  stages.say(`    ${describeInstall(install)}`);
  const { missing } = (await readTimeline(fault.site)).diagnosis;
  stages.say(
    `    missing: ${missing?.says}; likeliest: ${missing?.cause.says}\n          do: ${missing?.cause.hint}`,
  );
  const { state, stage, reason, hint } = install;
  if (state !== 'failed') throw new Error(`the install is ${state}, expected failed`);
  if (stage !== wanted.stage) throw new Error(`it failed at '${stage}', expected '${wanted.stage}'`);
  if (!wanted.reason.test(reason ?? ''))
    throw new Error(`the reason is '${reason}', expected ${wanted.reason}`);
  if (missing?.name !== wanted.missing)
    throw new Error(`'${missing?.name}' is missing, expected '${wanted.missing}'`);
  const hints = [hint, missing.cause.hint].join('; ');
  if (!wanted.hint.test(hints)) throw new Error(`the hints are '${hints}', expected ${wanted.hint}`);
}

/** Whatever is on, the machine is switched off and on again. */
export async function bootAgain({ machine }: FaultLab): Promise<void> {
  await machine.powerOff();
  await machine.powerOn();
}

/** No loop: the machine asks the network and is sent to its disk, before or after its install has failed. */
export async function expectDisk({ lab, machine, timeline, hasDisk }: FaultLab): Promise<void> {
  await lab.stages.run('sent to its disk', async () => {
    // no look at the machine: by the time of the event the disk may have said its word and switched off
    await timeline.waitUntilSeen('"local-boot"', ({ stage }) => stage === 'local-boot', LIMIT_MS);
    if (hasDisk) await waitForConsole(machine, DISK_MARKER, LIMIT_MS);
    await machine.powerOff();
  });
}

/** Nothing that the lab has seen is missing from the timeline, which is printed; the server stops in order. */
export async function expectWholeStory(
  fault: FaultLab,
  seen: Pick<Witness, 'boots' | 'answerFiles'>,
): Promise<void> {
  const { lab, site, timeline } = fault;
  await lab.stages.run('every event is there', async () => {
    const { state } = await readInstall(site);
    const { items } = await readTimeline(site);
    const wrong = judgeStory(items, { ...seen, state, followed: timeline.events });
    if ((await readFile(site.provisiond.logFile, 'utf8')).includes('boot events lost'))
      wrong.push('the log of the server tells of events that were lost');
    if (wrong.length > 0) throw new Error(wrong.join('; '));
    lab.stages.say(`    ${items.length} events, the last state is ${state}`);
  });
  await lab.stages.run('stop provisiond', () => site.provisiond.stop());
}
