import type { NewBootEvent } from '../../domain/boot/boot-event.ts';

/** Events of one machine that are taken at once: several boots with every packet repeated. */
const BURST = 60;
/** And then one a second: enough for a machine that repeats itself, too little to fill a disk. */
const REFILL_MS = 1_000;

interface Budget {
  left: number;
  refilledAtMs: number;
  leftOut: number;
}

/**
 * Passes events on to `record`, but of each machine only so many a second: whoever sends packets in a machine's name
 * must not be able to fill the disk with its story. What was left out is counted in `leftOut` of the next event.
 */
export function limitEvents(
  record: (event: NewBootEvent) => void,
  now: () => number,
): (event: NewBootEvent) => void {
  const budgets = new Map<number | null, Budget>();
  return (event) => {
    const nowMs = now();
    const budget = budgets.get(event.systemId) ?? { left: BURST, refilledAtMs: nowMs, leftOut: 0 };
    budgets.set(event.systemId, budget);
    // A clock that was set back refills nothing until it has caught up, and takes nothing away.
    const earned = Math.max(0, Math.floor((nowMs - budget.refilledAtMs) / REFILL_MS));
    budget.left = Math.min(BURST, budget.left + earned);
    budget.refilledAtMs = budget.left === BURST ? nowMs : budget.refilledAtMs + earned * REFILL_MS;
    if (budget.left === 0) {
      budget.leftOut += 1;
      return;
    }
    budget.left -= 1;
    const { leftOut } = budget;
    budget.leftOut = 0;
    record(leftOut === 0 ? event : { ...event, data: { ...event.data, leftOut } });
  };
}
