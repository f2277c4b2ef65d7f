import { DomainError } from '../../domain/errors.ts';
import { NO_HANDOFF } from '../../domain/install/install.ts';
import type { System } from '../../domain/records/system.ts';
import type { HandoffFact } from '../doctor/facts.ts';
import type { HandoffDeps } from './handoff-deps.ts';

/** A definition that can be used now. */
export interface Usable {
  readonly driver: string;
  /** May it be asked to look only? */
  readonly canCheck: boolean;
}

/** The definition of this name, if it can be used now. Throws DomainError 'not-ready' with every reason. */
export async function getUsable(
  { definitions, driverOf }: Pick<HandoffDeps, 'definitions' | 'driverOf'>,
  name: string,
): Promise<Usable> {
  const all = definitions();
  const definition = Object.hasOwn(all, name) ? all[name] : undefined;
  if (definition === undefined) {
    const known = Object.keys(all).join(', ') || 'none';
    throw new DomainError(
      'not-ready',
      `the configuration has no hand-off '${name}' under handoff.definitions (it has: ${known})`,
      { hint: `write it there and reload, or name another: --handoff NAME (${NO_HANDOFF}: no hand-off)` },
    );
  }
  const driver = driverOf(definition);
  const problems = await driver.problems(definition);
  if (problems.length === 0) return { driver: definition.driver, canCheck: driver.canCheck };
  throw new DomainError('not-ready', `the hand-off '${name}' cannot be used: ${problems.join('; ')}`, {
    hint: 'mend that, or the configuration (provision doctor looks again)',
    problems: problems.map((message) => ({ path: `handoff.definitions.${name}`, message })),
  });
}

/** All definitions by name: those that can be used now, the others with their reason. */
export async function lookAtAll(
  parts: Pick<HandoffDeps, 'definitions' | 'driverOf'>,
): Promise<Map<string, Usable | DomainError>> {
  const names = Object.keys(parts.definitions());
  const looked = names.map(async (name) => {
    const usable = await getUsable(parts, name).catch((error: unknown) => {
      if (error instanceof DomainError) return error;
      throw error;
    });
    return [name, usable] as const;
  });
  return new Map(await Promise.all(looked));
}

/** Throws DomainError 'not-ready' with every reason why a system must not be armed for a hand-off now. */
export async function refuseArming(
  parts: Pick<HandoffDeps, 'definitions' | 'driverOf'>,
  system: System,
  name: string,
): Promise<void> {
  await getUsable(parts, name);
  const definition = parts.definitions()[name];
  const problems = definition && (await parts.driverOf(definition).armingProblems?.(definition, system));
  if (problems === undefined || problems.length === 0) return;
  throw new DomainError('not-ready', `the hand-off '${name}' would fail: ${problems.join('; ')}`, {
    hint: 'mend that, then arm it again',
    problems: problems.map((message) => ({ path: 'handoff', message })),
  });
}

/** Every definition with what it uses and what is wrong with it, for people. */
export function examineAll({
  definitions,
  driverOf,
}: Pick<HandoffDeps, 'definitions' | 'driverOf'>): Promise<HandoffFact[]> {
  return Promise.all(
    Object.entries(definitions()).map(async ([name, definition]) => {
      const driver = driverOf(definition);
      const problems = await driver.problems(definition);
      const more = problems.length === 0 ? await driver.about(definition) : '';
      return { name, about: [definition.driver, more].filter((part) => part !== '').join(', '), problems };
    }),
  );
}
