import type { Check } from '../../domain/check.ts';
import { checkBmcs } from './check-bmcs.ts';
import { checkBackup, checkDatabase } from './check-data.ts';
import { checkHandoffs } from './check-handoffs.ts';
import { checkCapabilities, checkClock, checkDisk, checkReceiveBuffer } from './check-host.ts';
import { checkDhcp, checkInterfaces, checkPorts, checkWarnings } from './check-network.ts';
import { checkFiles, checkKey, checkLoaders } from './check-records.ts';
import type { DoctorFacts } from './facts.ts';

/** Every check, in the order in which they are told. */
const CHECKS: readonly ((facts: DoctorFacts) => Check[])[] = [
  checkPorts,
  checkCapabilities,
  checkInterfaces,
  checkDhcp,
  checkWarnings,
  checkLoaders,
  checkFiles,
  checkKey,
  checkHandoffs,
  checkBmcs,
  checkReceiveBuffer,
  checkClock,
  checkDisk,
  checkDatabase,
  checkBackup,
];

/** Judges the facts; no check waits for another, and each says at least what it found well. */
export function examine(facts: DoctorFacts): Check[] {
  return CHECKS.flatMap((check) => check(facts));
}
