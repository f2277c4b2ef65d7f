/** What is remembered of failed logins, of one name or one address. */
export interface Failures {
  readonly count: number;
  readonly lastAtMs: number;
}

interface Limit {
  /** Failures that cost nothing. */
  readonly free: number;
  readonly firstMs: number;
  readonly mostMs: number;
}

/** By what failures are counted. Behind one address there may be many people. */
export const LOGIN_LIMITS = {
  name: { free: 4, firstMs: 2_000, mostMs: 15 * 60_000 },
  address: { free: 19, firstMs: 2_000, mostMs: 15 * 60_000 },
} as const satisfies Record<string, Limit>;

/** After so long without another failure all is forgotten. */
export const FORGET_MS = 60 * 60_000;

/** How long the next login has to wait, in milliseconds; 0: it may come now. Each failure doubles it. Pure. */
export function loginWaitMs(failures: Failures | undefined, limit: Limit, nowMs: number): number {
  if (failures === undefined || failures.count <= limit.free) return 0;
  const doublings = Math.min(failures.count - limit.free - 1, 30);
  const wait = Math.min(limit.firstMs * 2 ** doublings, limit.mostMs);
  return Math.max(0, failures.lastAtMs + wait - nowMs);
}

/** What is remembered after one more failure. Pure. */
export function withFailure(failures: Failures | undefined, nowMs: number): Failures {
  const isOld = failures === undefined || nowMs - failures.lastAtMs > FORGET_MS;
  return { count: isOld ? 1 : failures.count + 1, lastAtMs: nowMs };
}
