/**
 * Group commit: writes that arrive while a commit is under way wait together and are made durable by the next one.
 * A disk flush costs milliseconds whatever it carries; a storm of machines then costs one flush a group, not one each.
 */
export interface GroupCommit<Write, Result> {
  /** Resolves once the write is durable, with its own result. Rejects when its group could not be committed. */
  add(write: Write): Promise<Result>;
}

interface Waiting<Write, Result> {
  readonly write: Write;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** As many as one flush is worth waiting for. */
const ENOUGH = 256;
/**
 * More are not written in one go: ten milliseconds, for which no packet is answered. Far fewer would never catch up where
 * each turn of the event loop brings as many again.
 */
const MOST = 512;
/** Turns of the event loop that a group may grow for; a socket gives up to 32 packets in each. */
const MAX_TURNS = 8;

/** `commit` gets a group and returns a result for each write, in order, after the disk has it. */
export function createGroupCommit<Write, Result>(
  commit: (writes: readonly Write[]) => Promise<readonly Result[]>,
): GroupCommit<Write, Result> {
  const waiting: Waiting<Write, Result>[] = [];
  let running = false;

  /** Lets every packet of this wake-up join the group, and those of the next ones for as long as more come. */
  const gather = async (): Promise<void> => {
    for (let turn = 0; turn < MAX_TURNS && waiting.length < ENOUGH; turn += 1) {
      const before = waiting.length;
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (waiting.length === before) return;
    }
  };
  const run = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) {
      await gather();
      const group = waiting.splice(0, MOST);
      await settle(group, commit);
    }
    running = false;
  };

  return {
    add(write) {
      return new Promise<Result>((resolve, reject) => {
        waiting.push({ write, resolve, reject });
        if (!running) void run();
      });
    },
  };
}

async function settle<Write, Result>(
  group: readonly Waiting<Write, Result>[],
  commit: (writes: readonly Write[]) => Promise<readonly Result[]>,
): Promise<void> {
  try {
    const results = await commit(group.map((item) => item.write));
    group.forEach((item, index) => {
      const result = results[index];
      if (result === undefined) item.reject(new Error('the group commit gave no result for this write'));
      else item.resolve(result);
    });
  } catch (error) {
    for (const item of group) item.reject(error);
  }
}
