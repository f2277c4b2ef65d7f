import type { StartTimer } from '../../server/deadlines.ts';

/** A clock that stands still until the test moves it, and timers on it. */
export class FakeTimers {
  nowMs = 0;
  readonly #waiting = new Map<object, { at: number; fire: () => void }>();

  readonly now = (): number => this.nowMs;

  readonly start: StartTimer = (ms, fire) => {
    const token = {};
    this.#waiting.set(token, { at: this.nowMs + ms, fire });
    return () => this.#waiting.delete(token);
  };

  /** How many timers wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Moves the clock, firing timers in their order. */
  advance(ms: number): void {
    const until = this.nowMs + ms;
    for (;;) {
      const due = [...this.#waiting].filter(([, { at }]) => at <= until).sort((a, b) => a[1].at - b[1].at)[0];
      if (due === undefined) break;
      this.#waiting.delete(due[0]);
      this.nowMs = due[1].at;
      due[1].fire();
    }
    this.nowMs = until;
  }
}
