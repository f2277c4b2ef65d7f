import type { Logger } from 'pino';

/** Work that comes round. A run that fails is logged and does not end the next; a run never overlaps itself. */
export interface Timers {
  every(ms: number, name: string, work: () => Promise<unknown>): void;
  stop(): void;
}

export function createTimers(log: Logger): Timers {
  const timers: NodeJS.Timeout[] = [];
  return {
    every(ms, name, work) {
      let running = false;
      const run = async (): Promise<void> => {
        if (running) return;
        running = true;
        await work().catch((error) => log.error({ err: error }, `failed to ${name}`));
        running = false;
      };
      timers.push(setInterval(run, ms));
    },
    stop() {
      for (const timer of timers) clearInterval(timer);
    },
  };
}

/** Runs what it is given, in that order, when what waits in the sockets has had its turn. */
export function createAfterwards(): (work: () => void) => void {
  let waiting: (() => void)[] = [];
  const runAll = (): void => {
    const works = waiting;
    waiting = [];
    for (const work of works) work();
  };
  return (work) => {
    if (waiting.push(work) === 1) setImmediate(runAll);
  };
}
