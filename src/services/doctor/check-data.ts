import type { Check } from '../../domain/check.ts';
import type { DoctorFacts } from './facts.ts';

const HOUR_MS = 3_600_000;
/** A backup may be late by half its interval: the service was perhaps not running. */
const LATE = 1.5;

/** Whether there is something to restore. */
export function checkBackup({ nowMs, backups }: DoctorFacts): Check[] {
  const { dir, everyHours, newestMs, failure } = backups;
  const say = (state: Check['state'], what: string, next: string | null): Check[] => [
    { name: 'backup', state, what, next },
  ];
  if (failure !== null)
    return say('problem', `the last backup failed: ${failure}`, `make room in ${dir}, or set backup.dir`);
  if (newestMs === null) {
    const what = `there is none yet in ${dir}`;
    if (everyHours > 0) return say('ok', `${what}; one is made every ${everyHours} hours`, null);
    return say('warning', what, 'provision backup FILE from time to time, or set backup.everyHours');
  }
  const ageHours = Math.max(0, Math.floor((nowMs - newestMs) / HOUR_MS));
  const what = `the newest in ${dir} is ${ageHours} hours old`;
  if (everyHours === 0 || ageHours <= everyHours * LATE) return say('ok', what, null);
  return say('warning', what, 'look into the log for why none was made: journalctl -u provisiond');
}

/** Whether the file of the database is sound. */
export function checkDatabase({ database }: DoctorFacts): Check[] {
  if (database.length === 0) return [{ name: 'database', state: 'ok', what: 'is sound', next: null }];
  return [
    {
      name: 'database',
      state: 'problem',
      what: `is damaged: ${database.join('; ')}`,
      next: 'stop the service and restore the last backup: provisiond restore FILE',
    },
  ];
}
