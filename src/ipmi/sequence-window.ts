/** What was received of a session: the highest sequence number, and which of the 32 before and with it. */
export interface SequenceWindow {
  readonly highest: number;
  /** Bit n: `highest - n` was seen. */
  readonly seen: number;
}

const WINDOW = 32;

/** Nothing was received yet. */
export const NO_SEQUENCE: SequenceWindow = { highest: 0, seen: 0 };

/**
 * The window after a packet with this sequence number; undefined where it was seen or is too old (IPMI 2.0 §6.12.13).
 * Ask only once its authentication code was found right, so that nobody else moves the window. How far it jumps ahead
 * is not limited, as packets get lost.
 */
export function acceptSequence(window: SequenceWindow, sequence: number): SequenceWindow | undefined {
  // 0 is for packets outside of a session.
  if (sequence === 0) return undefined;
  if (sequence > window.highest) {
    const ahead = sequence - window.highest;
    return { highest: sequence, seen: ahead >= WINDOW ? 1 : (window.seen << ahead) | 1 };
  }
  const behind = window.highest - sequence;
  if (behind >= WINDOW || ((window.seen >>> behind) & 1) === 1) return undefined;
  return { highest: window.highest, seen: window.seen | (1 << behind) };
}
