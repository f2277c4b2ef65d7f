import type BetterSqlite3 from 'better-sqlite3';
import type { NewBootEvent } from '../../domain/boot/boot-event.ts';
import { heardFirmware } from '../../domain/boot/chosen-firmware.ts';

const INSERT = `
  insert into events (at, system_id, mac, install_id, stage, outcome, message, data)
  values (?, ?, ?, ?, ?, ?, ?, ?)`;

/** Nothing is written where it says what it said before. */
const HEAR = `
  insert into heard_firmware (system_id, firmware, heard_at) values (?, ?, ?)
  on conflict (system_id) do update set firmware = excluded.firmware, heard_at = excluded.heard_at
    where firmware != excluded.firmware`;

/** A boot event and its time. */
export type DatedBootEvent = NewBootEvent & { readonly atMs: number };

/**
 * Writes boot events in one transaction, all or none, and what they say of machines' firmware. By a statement of its own: a storm has thousands of events a
 * second, and the query builder costs as much for each as writing it.
 */
export function prepareEventWrites(
  writer: BetterSqlite3.Database,
): (events: readonly DatedBootEvent[]) => void {
  const insert = writer.prepare(INSERT);
  const hear = writer.prepare(HEAR);
  return writer.transaction((events: readonly DatedBootEvent[]) => {
    for (const { atMs, systemId, mac, installId, stage, outcome, message, data } of events) {
      insert.run(atMs, systemId, mac, installId, stage, outcome, message, JSON.stringify(data));
      const firmware = systemId === null ? undefined : heardFirmware({ stage, data });
      if (firmware !== undefined) hear.run(systemId, firmware, atMs);
    }
  });
}
