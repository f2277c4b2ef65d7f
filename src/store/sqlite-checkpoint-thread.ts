import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';

/** The thread of sqlite-checkpoint.ts: `checkpoint` moves what can be moved without holding anybody up, `close` ends it. */
const database = new Database(workerData as string);
// The log is on the disk before the database is, and the database before the log is used anew.
database.pragma('synchronous = FULL');
const checkpoint = database.prepare('pragma wal_checkpoint(PASSIVE)');

parentPort?.on('message', (wanted: 'checkpoint' | 'close') => {
  if (wanted === 'checkpoint') parentPort?.postMessage(checkpoint.get());
  else {
    database.close();
    parentPort?.close();
  }
});
