import type { Check } from '../../domain/check.ts';
import type { DoctorFacts } from './facts.ts';

/** What configures machines after their first boot: installs that choose one that cannot be used are refused. */
export function checkHandoffs({ handoffs }: DoctorFacts): Check[] {
  const unusable = handoffs.flatMap(({ name, problems }) =>
    problems.map(
      (what): Check => ({
        name: 'hand-offs',
        state: 'problem',
        what: `${name}: ${what}`,
        next: 'mend that, or handoff.definitions in the configuration file, and reload',
      }),
    ),
  );
  if (unusable.length > 0) return unusable;
  const named = handoffs.map(({ name, about }) => `${name} (${about})`).join(', ');
  const what = named === '' ? 'none is defined' : `can be used: ${named}`;
  return [{ name: 'hand-offs', state: 'ok', what, next: null }];
}
