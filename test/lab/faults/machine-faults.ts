import { writeFile } from 'node:fs/promises';
import type { Lab } from '../lab.ts';
import { waitUntilOff } from '../watch.ts';
import { begin, LIMIT_MS, openFaultLab } from './fault-lab.ts';
import { bootAgain, expectDisk, expectFailure, expectWholeStory, NO_FIRST_BOOT } from './outcome.ts';

/** The installer restarts the machine without a word: its next netboot tells. */
export async function runLostCallback(lab: Lab): Promise<void> {
  const fault = await openFaultLab(lab, { script: 'reboot -f' });
  await begin(fault);
  await lab.stages.run('power on to a silent end', () => waitUntilOff(fault.machine, LIMIT_MS));
  await bootAgain(fault);
  await expectDisk(fault);
  await expectFailure(fault, {
    stage: 'installed',
    reason: /netbooted again without having reported/,
    missing: 'installed',
    hint: /if the new system runs, its first boot settles it/,
  });
  await expectWholeStory(fault, { boots: 2, answerFiles: 1 });
}

/** The installer never comes to an end. */
export async function runStuck(lab: Lab): Promise<void> {
  const fault = await openFaultLab(lab, { script: 'sleep 100000', deadlines: { partitioningSeconds: 30 } });
  await begin(fault);
  await expectFailure(fault, {
    stage: 'partitioning',
    reason: /did not come within 30 s after installing/,
    missing: 'installed',
    hint: /console of the machine/,
  });
  await bootAgain(fault);
  await expectDisk(fault);
  await expectWholeStory(fault, { boots: 2, answerFiles: 1 });
}

/** The installer reports its end, and then nothing is heard of the new system. */
export async function runNoFirstBoot(lab: Lab): Promise<void> {
  const script = "report installed 'in the lab'\nreboot -f";
  const fault = await openFaultLab(lab, { script, deadlines: { firstBootSeconds: 30 } });
  await begin(fault);
  await lab.stages.run('power on to installed', async () => {
    await fault.timeline.waitForState('installed', LIMIT_MS);
    await waitUntilOff(fault.machine, LIMIT_MS);
  });
  await bootAgain(fault);
  await expectDisk(fault);
  await expectFailure(fault, NO_FIRST_BOOT);
  await expectWholeStory(fault, { boots: 2, answerFiles: 1 });
}

/** All was well when it was armed; then somebody edits the template. */
export async function runBrokenAnswer(lab: Lab): Promise<void> {
  const fault = await openFaultLab(lab, { script: 'reboot -f' });
  await begin(fault);
  await writeFile(fault.template, '#!/bin/sh\n{% if system.name %}\necho never closed\n');
  await expectFailure(fault, {
    stage: 'answer-file',
    reason: /the answer file could not be fetched/,
    missing: 'answer-file',
    hint: /provision explain web001 --show answer/,
  });
  await bootAgain(fault);
  await expectDisk(fault);
  await expectWholeStory(fault, { boots: 2, answerFiles: 0 });
}

/** A machine without a disk, by the shipped answer file. */
export async function runNoDisk(lab: Lab): Promise<void> {
  const fault = await openFaultLab(lab, { script: null, hasDisk: false });
  await begin(fault);
  await expectFailure(fault, {
    stage: 'installing',
    reason: /^no disk of 4 GB or more/,
    missing: 'image',
    hint: /no disk was found/,
  });
  await bootAgain(fault);
  await expectDisk(fault);
  await expectWholeStory(fault, { boots: 2, answerFiles: 1 });
}
