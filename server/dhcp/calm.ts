import type { DhcpCounters } from './counters.ts';

/** So few packets meanwhile are nobody's storm. */
const CALM_PACKETS = 2;
const WAIT_MS = 4;

/**
 * A pause for work in slices: some milliseconds, and as long as packets keep coming, up to `mostMs`. Who is served has
 * the time; who prepares for being served has the rest.
 */
export function whenCalm(
  counters: () => readonly Pick<DhcpCounters, 'received'>[],
  mostMs: number,
): () => Promise<void> {
  const received = (): number => counters().reduce((sum, count) => sum + count.received, 0);
  return async () => {
    for (let waitedMs = 0; waitedMs < mostMs; waitedMs += WAIT_MS) {
      const before = received();
      await new Promise<void>((resolve) => setTimeout(resolve, WAIT_MS).unref());
      if (received() - before <= CALM_PACKETS) return;
    }
  };
}
