import { closeSync, openSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { DomainError } from '../../domain/errors.ts';
import type { UpkeepStore } from '../interfaces/upkeep-store.ts';
import type { UpkeepAnswer, UpkeepOrder } from './upkeep-thread.ts';

/** From the sources (in tests) the built file is used: node starts no TypeScript. */
const THREAD = new URL(
  import.meta.url.endsWith('.ts') ? '../../../dist/src/store/sqlite/upkeep-thread.js' : './upkeep-thread.js',
  import.meta.url,
);

/** Copies and checks of the database file, each on a thread of its own, which ends with it. */
export function sqliteUpkeep(database: string): UpkeepStore {
  return {
    async snapshot(to) {
      // Made here, so that its mode does not hang on a umask.
      closeSync(openSync(to, 'wx', 0o600));
      try {
        const { schema, problems } = await ask({ work: 'snapshot', database, to });
        if (problems.length === 0 && schema !== null) return schema;
        throw new DomainError('storage', `the database is damaged: ${problems.join('; ')}`, {
          hint: 'stop the service and restore the last backup that is sound',
        });
      } catch (error) {
        rmSync(to, { force: true });
        throw error instanceof DomainError ? error : copyFailed(to, error);
      }
    },
    async check() {
      return (await ask({ work: 'check', database })).problems;
    },
  };
}

function copyFailed(to: string, error: unknown): DomainError {
  return new DomainError(
    'storage',
    `the database could not be copied to ${to}: ${error instanceof Error ? error.message : String(error)}`,
    {
      hint: 'there has to be as much room as the database takes; provision doctor says how much there is',
    },
  );
}

function ask(order: UpkeepOrder): Promise<UpkeepAnswer> {
  const worker = new Worker(fileURLToPath(THREAD), { workerData: order });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('the thread has ended')));
  });
}
