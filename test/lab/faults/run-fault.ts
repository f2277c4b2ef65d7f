import type { Lab } from '../lab.ts';
import type { FaultName } from '../scenarios.ts';
import { runKilled } from './killed.ts';
import { runBrokenAnswer, runLostCallback, runNoDisk, runNoFirstBoot, runStuck } from './machine-faults.ts';
import { runStranger } from './stranger.ts';

const FAULTS: Readonly<Record<FaultName, (lab: Lab) => Promise<void>>> = {
  'lost-callback': runLostCallback,
  stuck: runStuck,
  'no-first-boot': runNoFirstBoot,
  'broken-answer': runBrokenAnswer,
  'no-disk': runNoDisk,
  stranger: runStranger,
  killed: runKilled,
};

/** Something goes wrong on purpose: the install has to end in a failure that says what, the machine on its disk. */
export const runFault = (lab: Lab, name: FaultName): Promise<void> => FAULTS[name](lab);
