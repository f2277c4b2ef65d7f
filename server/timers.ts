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

/** Resolves after some milliseconds: for work in slices, that those who wait for something meanwhile get most of the time. */
export function aWhile(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 4).unref());
}
