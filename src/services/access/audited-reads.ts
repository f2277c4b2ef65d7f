import type { AuditFields } from '../../domain/access/audit.ts';
import type { Actor, Deps } from '../deps.ts';

/** Somebody who follows a log reads it every second: that is one row an hour. */
const AGAIN_MS = 60 * 60_000;
/** Readings that are remembered; what is forgotten is written once more. */
const MOST_REMEMBERED = 10_000;

/** Puts into the audit who reads what may hold secrets of a system. */
export type NoteRead = (actor: Actor, system: string, what: AuditFields) => Promise<void>;

export function auditedReads({ store, now }: Pick<Deps, 'store' | 'now'>): NoteRead {
  const noted = new Map<string, number>();
  return async (actor, system, what) => {
    const key = JSON.stringify([actor.kind, actor.name, actor.from, system, what]);
    const last = noted.get(key);
    if (last !== undefined && now() - last < AGAIN_MS) return;
    if (noted.size >= MOST_REMEMBERED) noted.clear();
    const entry = { by: actor, action: 'read', noun: 'system', name: system, detail: what } as const;
    await store.transaction((tx) => tx.audit.add(entry, now()));
    noted.set(key, now());
  };
}
