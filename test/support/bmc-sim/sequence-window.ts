const AHEAD = 15;
const BEHIND = 16;

/** Which sequence numbers were there: 15 ahead of the highest and 16 behind it may come, once each (IPMI 2.0 §6.12.13). */
export class SequenceWindow {
  #highest: number;
  /** Bit n: `highest - n` was there. */
  #seen = 1;

  /** `start`: the number before the first. */
  constructor(start: number) {
    this.#highest = start;
  }

  accept(sequence: number): boolean {
    const ahead = (sequence - this.#highest) | 0;
    if (sequence === 0 || ahead > AHEAD || ahead <= -BEHIND) return false;
    if (ahead > 0) {
      this.#highest = sequence;
      this.#seen = (this.#seen << ahead) | 1;
      return true;
    }
    const bit = 1 << -ahead;
    if ((this.#seen & bit) !== 0) return false;
    this.#seen |= bit;
    return true;
  }
}
