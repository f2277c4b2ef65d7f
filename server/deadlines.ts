/** Calls `fire` once after `ms`; the result takes it back. */
export type StartTimer = (ms: number, fire: () => void) => () => void;

/** Something that wants to be told when its time is over. */
export interface Waiting {
  /** On the clock that `Deadlines` was made with; read at every tick. */
  deadlineMs(): number;
  onDeadline(): void;
}

/** Resends wait 100 ms and more: so much later does no harm, and no packet sets or takes back a timer of its own. */
const TICK_MS = 20;

/** One timer for all that wait, which runs only while somebody does. */
export class Deadlines {
  readonly #now: () => number;
  readonly #startTimer: StartTimer;
  readonly #waiting = new Set<Waiting>();
  #cancel: (() => void) | undefined;

  constructor(now: () => number, startTimer: StartTimer) {
    this.#now = now;
    this.#startTimer = startTimer;
  }

  add(waiting: Waiting): void {
    this.#waiting.add(waiting);
    this.#cancel ??= this.#startTimer(TICK_MS, () => this.#tick());
  }

  remove(waiting: Waiting): void {
    this.#waiting.delete(waiting);
    if (this.#waiting.size > 0) return;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #tick(): void {
    this.#cancel = this.#startTimer(TICK_MS, () => this.#tick());
    const nowMs = this.#now();
    for (const waiting of this.#waiting) if (waiting.deadlineMs() <= nowMs) waiting.onDeadline();
  }
}

/**
 * The real timer. It fires after the sockets were read once more: when the process was held up, the ACKs that wait
 * in the sockets come first, or every transfer would resend its window at the moment of the highest load.
 */
export const startRealTimer: StartTimer = (ms, fire) => {
  let immediate: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    immediate = setImmediate(fire);
  }, ms);
  return () => {
    clearTimeout(timer);
    clearImmediate(immediate);
  };
};
