import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../src/services/power/clock.ts';

/** Turns of the event loop after which whoever does not wait for the clock has done what he can. */
const TURNS = 40;

/** A clock that stands still until the test moves it. */
export class FakeClock implements Clock {
  nowMs: number;
  readonly #waiting = new Set<{ readonly at: number; readonly fire: () => void }>();

  constructor(nowMs = 0) {
    this.nowMs = nowMs;
  }

  now(): number {
    return this.nowMs;
  }

  wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      if (ms <= 0) return resolve();
      const entry = {
        at: this.nowMs + ms,
        fire: () => {
          signal.removeEventListener('abort', giveUp);
          this.#waiting.delete(entry);
          resolve();
        },
      };
      const giveUp = (): void => {
        this.#waiting.delete(entry);
        reject(signal.reason);
      };
      this.#waiting.add(entry);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  alarm(ms: number, fire: () => void): () => void {
    const entry = {
      at: this.nowMs + ms,
      fire: () => {
        this.#waiting.delete(entry);
        fire();
      },
    };
    this.#waiting.add(entry);
    return () => this.#waiting.delete(entry);
  }

  /** Moves the clock, and lets everybody do what is due on the way. */
  async advance(ms: number): Promise<void> {
    const until = this.nowMs + ms;
    await settle();
    for (;;) {
      const due = [...this.#waiting].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.nowMs = Math.max(this.nowMs, due.at);
      due.fire();
      await settle();
    }
    this.nowMs = until;
  }
}

/** Lets everything run that waits for no clock. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await setImmediate();
}
