/**
 * How long to wait for an ACK. One fixed second costs a lock-step client a second a lost packet (at 1 % loss a
 * boot crawls) and RFC 1123 §4.2.3.2 wants it adaptive: it follows the measured round trip as TCP's does
 * (RFC 6298 §2), within these bounds.
 */
export interface RoundTrip {
  readonly smoothedMs: number;
  readonly varianceMs: number;
}

/** Wait before anything was measured (RFC 6298 §2.1 says 1 s). */
export const FIRST_WAIT_MS = 1_000;
/** A ROM that writes a block to slow memory may be silent this long without loss. */
const WAIT_MIN_MS = 100;
/** Doubling stops here: a machine that comes back must not wait longer. */
const WAIT_MAX_MS = 8_000;

/** Takes one measurement in (RFC 6298 §2.2 and §2.3). Never feed it an ACK of something sent twice (§3, Karn). */
export function addSample(before: RoundTrip | undefined, sampleMs: number): RoundTrip {
  if (before === undefined) return { smoothedMs: sampleMs, varianceMs: sampleMs / 2 };
  const deviationMs = Math.abs(before.smoothedMs - sampleMs);
  return {
    smoothedMs: 0.875 * before.smoothedMs + 0.125 * sampleMs,
    varianceMs: 0.75 * before.varianceMs + 0.25 * deviationMs,
  };
}

/**
 * Milliseconds until the `attempt`-th resend (0 for the first). `agreedSeconds` is the timeout option: RFC 2349
 * makes it the interval, so it neither follows the round trip nor grows.
 */
export function waitMs(
  roundTrip: RoundTrip | undefined,
  attempt: number,
  agreedSeconds: number | undefined,
): number {
  if (agreedSeconds !== undefined) return agreedSeconds * 1_000;
  const base =
    roundTrip === undefined
      ? FIRST_WAIT_MS
      : Math.max(WAIT_MIN_MS, roundTrip.smoothedMs + 4 * roundTrip.varianceMs);
  return Math.min(WAIT_MAX_MS, base * 2 ** attempt);
}
