import { DomainError } from '../../domain/errors.ts';
import type { StoreTransaction } from '../../store/interfaces/store.ts';
import type { Actor } from '../deps.ts';
import { isSystemInScope } from './scope.ts';

/** How refusals name a system. */
const NAMED = /\bsystem '?([a-z0-9][a-z0-9._-]*[a-z0-9]|[a-z0-9])'?/g;
/** Who holds a value, to those who may not know of him. */
export const OTHER = 'a system outside your scope';

/** Does what changes a record; a refusal does not tell somebody with a scope which system outside it is in the way. */
export async function hidingOthers<T>(
  tx: Pick<StoreTransaction, 'systems'>,
  actor: Pick<Actor, 'scope'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (actor.scope === null || !(error instanceof DomainError)) throw error;
    const { message, hint, problems, conflict } = error;
    const texts = [message, conflict?.holder ?? '', ...problems.map((problem) => problem.message)];
    const others = new Set<string>();
    for (const name of texts.flatMap(namesIn))
      if (!(await isSystemInScope(tx, name, actor))) others.add(name);
    if (others.size === 0) throw error;
    const hide = (text: string): string =>
      text
        .replace(NAMED, (found, name) => (others.has(name) ? OTHER : found))
        .replace(/(outside your scope), interface \S+/g, '$1');
    const isOther = conflict !== undefined && namesIn(conflict.holder).some((name) => others.has(name));
    throw new DomainError(error.code, hide(message), {
      ...(hint === undefined || isOther ? { hint: 'take another value, or ask an admin' } : { hint }),
      problems: problems.map((problem) => ({ ...problem, message: hide(problem.message) })),
      ...(conflict === undefined
        ? {}
        : { conflict: isOther ? { ...conflict, holder: OTHER, interface: null, command: null } : conflict }),
    });
  }
}

function namesIn(text: string): string[] {
  return [...text.matchAll(NAMED)].flatMap(([, name]) => name ?? []);
}
