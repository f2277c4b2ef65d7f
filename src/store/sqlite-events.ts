import type BetterSqlite3 from 'better-sqlite3';
import type { NewBootEvent } from '../domain/boot-event.ts';

const INSERT = `
  insert into events (at, system_id, mac, install_id, stage, outcome, message, data)
  values (?, ?, ?, ?, ?, ?, ?, ?)`;

/** A boot event and its time. */
export type DatedBootEvent = NewBootEvent & { readonly atMs: number };

/**
 * Writes boot events in one transaction, all or none. By a statement of its own: a storm has thousands of events a
 * second, and the query builder costs as much for each as writing it.
 */
export function prepareEventWrites(
  writer: BetterSqlite3.Database,
): (events: readonly DatedBootEvent[]) => void {
  const insert = writer.prepare(INSERT);
  return writer.transaction((events: readonly DatedBootEvent[]) => {
    for (const { atMs, systemId, mac, installId, stage, outcome, message, data } of events)
      insert.run(atMs, systemId, mac, installId, stage, outcome, message, JSON.stringify(data));
  });
}
