import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type BetterSqlite3 from 'better-sqlite3';

/** Moves what the log holds into the database itself, beside the thread that answers packets. */
export interface Checkpointer {
  /** To be called after each commit. */
  committed(): void;
  /** What the next commit has to wait for: the rest of a log that shall begin anew. */
  rest(): Promise<void> | undefined;
  /** Before the database is closed. */
  close(): Promise<void>;
}

/** How far the log is, in pages: a {@link https://sqlite.org/pragma.html#pragma_wal_checkpoint} row. */
export interface LogState {
  readonly log: number;
  readonly checkpointed: number;
}

/** What the thread says: how far it came, or why the disk did not take it. */
export type CheckpointAnswer = { readonly state: LogState | undefined } | { readonly refused: string };

export interface CheckpointerOptions {
  /** Default {@link LOG_PAGES}. */
  readonly logPages?: number;
  /** Default {@link IDLE_PAGES}. */
  readonly idlePages?: number;
  /** What the thread runs. */
  readonly program?: URL;
}

/**
 * Pages (of 4 KiB) after which the log is emptied even while commits go on, and begins anew: some two thousand new leases.
 * Were it to grow instead, every flush would wait for the journal of the file system (sqlite/flush.ts).
 */
const LOG_PAGES = 6_000;
/** Nothing was written for so long: then a log of so many pages can be emptied without anybody waiting. */
const IDLE_MS = 250;
const IDLE_PAGES = 1_000;
/** A disk that has no room for what the log holds is asked again so often; the log grows meanwhile. */
const AGAIN_MS = 1_000;
/** Where there is no thread, SQLite does it within a commit, as it does by itself. */
const SQLITES_OWN_PAGES = 1_000;

/** From the sources (in tests) the built file is used: node starts no TypeScript. */
const THREAD = new URL(
  import.meta.url.endsWith('.ts')
    ? '../../../dist/src/store/sqlite/checkpoint-thread.js'
    : './checkpoint-thread.js',
  import.meta.url,
);

/**
 * SQLite empties its log within a commit, with two flushes: tens of milliseconds for which no packet is answered. Here
 * another thread does it, with a connection that writes nothing else, while commits go on. The log begins anew in its
 * place once it is empty: commits wait for what they have added meanwhile, so that it ever is.
 *
 * @param database the writing connection, in WAL mode
 */
export function openCheckpointer(
  database: BetterSqlite3.Database,
  options: CheckpointerOptions = {},
): Checkpointer {
  const { logPages = LOG_PAGES, idlePages = IDLE_PAGES, program = THREAD } = options;
  // NOOP only asks (SQLite 3.51).
  const ask = database.prepare<[], LogState>('pragma wal_checkpoint(NOOP)');
  /** Undefined within a transaction, of which a large one has pauses: SQLite refuses to be asked, and its commit will ask. */
  const stateNow = (): LogState | undefined => (database.inTransaction ? undefined : ask.get());
  let thread: CheckpointThread | undefined;
  let timer: NodeJS.Timeout | undefined;
  let running = false;
  let pause: NodeJS.Timeout | undefined;
  let rest: Promise<void> | undefined;
  const giveUp = (): false => {
    committed = () => {};
    if (database.open) database.pragma(`wal_autocheckpoint = ${SQLITES_OWN_PAGES}`);
    return false;
  };
  const empty = async (): Promise<void> => {
    running = true;
    thread ??= startThread(program, database.name);
    const { checkpoint } = thread;
    /** False where the disk has no room for it: commits go on, into the log. */
    const move = (): Promise<boolean> =>
      checkpoint().then(
        (answer) => 'state' in answer,
        () => giveUp(),
      );
    let isMoved = await move();
    if (isMoved && database.open && isLeft(stateNow())) {
      const moving = move();
      rest = moving.then(() => {});
      isMoved = await moving;
    }
    if (!isMoved) pause = setTimeout(() => (pause = undefined), AGAIN_MS).unref();
    rest = undefined;
    running = false;
  };
  /** Looks from time to time, as long as something is left, whether anything was written since. */
  const emptyWhenIdle = (before: number): void => {
    timer = setTimeout(() => {
      timer = undefined;
      const state = stateNow();
      if (state === undefined) return emptyWhenIdle(before);
      if (running || !isLeft(state)) return;
      if (pause === undefined && state.log === before) void empty();
      else emptyWhenIdle(state.log);
    }, IDLE_MS).unref();
  };
  let committed = (): void => {
    if (running) return;
    const state = stateNow();
    if (state === undefined) return;
    if (state.log - state.checkpointed >= logPages && pause === undefined) void empty();
    else if (state.log >= idlePages && timer === undefined) emptyWhenIdle(state.log);
  };
  database.pragma('wal_autocheckpoint = 0');
  return {
    committed: () => committed(),
    rest: () => rest,
    async close() {
      clearTimeout(timer);
      clearTimeout(pause);
      committed = () => {};
      await thread?.close();
    },
  };
}

function isLeft(state: LogState | undefined): boolean {
  return state !== undefined && state.checkpointed < state.log;
}

interface CheckpointThread {
  /** Rejects where the thread has ended. */
  checkpoint(): Promise<CheckpointAnswer>;
  close(): Promise<void>;
}

function startThread(program: URL, path: string): CheckpointThread {
  const worker = new Worker(fileURLToPath(program), { workerData: path });
  worker.unref();
  let waitedFor = 0;
  let isGone = false;
  const gone = new Promise<never>((_, reject) => {
    worker.once('error', reject);
    worker.once('exit', () => {
      isGone = true;
      reject(new Error('the thread has ended'));
    });
  });
  // Whoever waits hears of it; nobody may be waiting.
  gone.catch(() => {});
  return {
    checkpoint() {
      const done = new Promise<CheckpointAnswer>((resolve) => worker.once('message', resolve));
      waitedFor += 1;
      // Without a socket open nothing else would keep the process until there is an answer.
      worker.ref();
      worker.postMessage('checkpoint');
      return Promise.race([done, gone]).finally(() => {
        waitedFor -= 1;
        if (waitedFor === 0) worker.unref();
      });
    },
    async close() {
      if (isGone) return;
      waitedFor += 1;
      worker.ref();
      worker.postMessage('close');
      await gone.catch(() => {});
    },
  };
}
