import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import type { CheckpointAnswer, LogState } from './checkpoint.ts';

/** The thread of sqlite/checkpoint.ts: `checkpoint` moves what can be moved without holding anybody up, `close` ends it. */
const database = new Database(workerData as string);
// The log is on the disk before the database is, and the database before the log is used anew.
database.pragma('synchronous = FULL');
const checkpoint = database.prepare<[], LogState>('pragma wal_checkpoint(PASSIVE)');

/** A disk without room for it is answered, and asked again later. */
function tryCheckpoint(): CheckpointAnswer {
  try {
    return { state: checkpoint.get() };
  } catch (error) {
    return { refused: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on('message', (wanted: 'checkpoint' | 'close') => {
  if (wanted === 'checkpoint') parentPort?.postMessage(tryCheckpoint());
  else {
    database.close();
    parentPort?.close();
  }
});
