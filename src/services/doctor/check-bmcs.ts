import type { Check } from '../../domain/check.ts';
import type { DoctorFacts } from './facts.ts';

const NAMED_AT_MOST = 5;

/** BMCs as they were when they were last asked: a thousand of them are not asked for a look at the service. */
export function checkBmcs({ bmcs }: DoctorFacts): Check[] {
  if (bmcs.length === 0)
    return [{ name: 'bmcs', state: 'ok', what: 'no record has a BMC that is asked', next: null }];
  const silent = bmcs.filter(({ power }) => power?.state === 'unknown');
  if (silent.length > 0) {
    const named = silent.slice(0, NAMED_AT_MOST).map(({ system, power }) => `${system} (${power?.reason})`);
    const more = silent.length > NAMED_AT_MOST ? ` and ${silent.length - NAMED_AT_MOST} more` : '';
    const what = `${silent.length} of ${bmcs.length} did not answer when last asked: ${named.join(', ')}${more}`;
    const next = `ask again: provision power status --all; look closer: provision bmc check ${silent[0]?.system}`;
    return [{ name: 'bmcs', state: 'warning', what, next }];
  }
  const asked = bmcs.filter(({ power }) => power !== null).length;
  const what = `${asked} of ${bmcs.length} answered when last asked`;
  const rest = bmcs.length - asked;
  if (rest === 0) return [{ name: 'bmcs', state: 'ok', what, next: null }];
  const never = `${what}, and ${rest} ${rest === 1 ? 'was' : 'were'} never asked`;
  return [{ name: 'bmcs', state: 'ok', what: never, next: 'ask them: provision power status --all' }];
}
