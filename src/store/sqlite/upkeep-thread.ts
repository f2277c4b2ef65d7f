import { closeSync, fsyncSync, openSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { newestMigration, problemsOf } from './sqlite-schema.ts';

/** What the thread of sqlite/upkeep.ts is asked, once. */
export type UpkeepOrder =
  | { readonly work: 'snapshot'; readonly database: string; readonly to: string }
  | { readonly work: 'check'; readonly database: string };

/** What it answers. */
export interface UpkeepAnswer {
  readonly schema: string | null;
  /** What `integrity_check` found wrong. */
  readonly problems: readonly string[];
}

function obey(order: UpkeepOrder): UpkeepAnswer {
  const source = new Database(order.database, { readonly: true });
  try {
    if (order.work === 'check')
      return { schema: newestMigration(source), problems: problemsOf(source, 'quick_check') };
    // One read transaction: https://sqlite.org/lang_vacuum.html says that nobody is kept from writing in WAL mode.
    source.prepare('vacuum into ?').run(order.to);
  } finally {
    source.close();
  }
  const copy = new Database(order.to, { readonly: true });
  const answer = { schema: newestMigration(copy), problems: problemsOf(copy, 'integrity_check') };
  copy.close();
  // SQLite does not flush it.
  const file = openSync(order.to, 'r+');
  fsyncSync(file);
  closeSync(file);
  return answer;
}

parentPort?.postMessage(obey(workerData as UpkeepOrder));
