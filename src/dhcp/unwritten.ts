import type { Decision } from './decision.ts';
import type { DhcpFacts } from './facts.ts';

/**
 * What may be said to a machine although its lease cannot be written: nothing beyond what stands on the disk. The record keeps
 * a reserved address from everybody else, and a lease that is still live holds for the rest of its time, which a client takes
 * as it comes (RFC 2131 §4.4.5). Undefined: nothing.
 */
export function decideUnwritten(
  decision: Decision,
  { reservation, lease }: Pick<DhcpFacts, 'reservation' | 'lease'>,
  nowMs: number,
): Decision | undefined {
  if (decision.kind !== 'ack') return undefined;
  if (reservation?.ip === decision.address) return decision;
  if (lease?.ip !== decision.address) return undefined;
  const leaseSeconds = Math.min(decision.leaseSeconds, Math.floor((lease.expiresAtMs - nowMs) / 1000));
  if (leaseSeconds < 1) return undefined;
  const reason = `${decision.reason}; the disk takes nothing, so only for the time that is written there`;
  return { ...decision, leaseSeconds, reason };
}
