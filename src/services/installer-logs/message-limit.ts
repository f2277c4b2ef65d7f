/** A machine that says more than this in the long run says it for nobody. */
export const MESSAGES_PER_SECOND = 200;
/** The kernel's messages of a boot, and what an installer says of a few hundred packages, come at once. */
export const BURST_MESSAGES = 5_000;

/** A token bucket of one machine. */
export class MessageLimit {
  #left = BURST_MESSAGES;
  #filledAtMs: number;

  constructor(nowMs: number) {
    this.#filledAtMs = nowMs;
  }

  /** May one more message be taken? */
  take(nowMs: number): boolean {
    // A clock that was set back fills nothing until it has caught up, and takes nothing away.
    const passedMs = Math.max(0, nowMs - this.#filledAtMs);
    this.#left = Math.min(BURST_MESSAGES, this.#left + (passedMs / 1000) * MESSAGES_PER_SECOND);
    this.#filledAtMs = Math.max(this.#filledAtMs, nowMs);
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
