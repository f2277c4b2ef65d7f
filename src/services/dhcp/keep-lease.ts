import type { DhcpClient } from '../../dhcp/client.ts';
import type { Decision } from '../../dhcp/decision.ts';
import { decideUnwritten } from '../../dhcp/unwritten.ts';
import type { DhcpStore, LeaseWrite } from '../../store/interfaces/dhcp-store.ts';
import type { Gathered } from './dhcp-facts.ts';
import { isStorageRefusal } from './if-disk-allows.ts';
import type { Offers } from './offers.ts';

/** What gives, renews or ends a binding. */
type WrittenDecision = Decision & { readonly kind: 'ack' | 'release' | 'decline' };

export function isWrittenKind(decision: Decision): decision is WrittenDecision {
  return decision.kind === 'ack' || decision.kind === 'release' || decision.kind === 'decline';
}

/** An address that its would-be owner found in use is left alone this long. */
const QUARANTINE_MS = 60 * 60_000;

/**
 * Writes what a decision promises; a grant that lost a race becomes a NAK, anything else has no answer anyway. Where the disk
 * takes nothing, what may be said all the same is said; throws DomainError 'storage' if that is nothing.
 */
export function leaseKeeper(store: DhcpStore, offers: Offers, now: () => number) {
  return async (client: DhcpClient, decision: Decision, gathered: Gathered): Promise<Decision> => {
    const nowMs = now();
    const lease = leaseOf(client, decision, gathered, nowMs);
    if (lease === undefined) return decision;
    try {
      if ((await store.commitLease(lease)) !== 'bound') return lost(decision);
    } catch (error) {
      const unwritten = isStorageRefusal(error)
        ? decideUnwritten(decision, gathered.facts, nowMs)
        : undefined;
      if (unwritten === undefined) throw error;
      return unwritten;
    }
    offers.forget(lease.ip);
    return decision;
  };
}

/** Somebody else took the address at the same moment. RFC 2131 §4.3.3 and §4.3.4: a DECLINE or RELEASE is never answered. */
function lost({ kind }: Decision): Decision {
  if (kind !== 'ack')
    return { kind: 'silent', code: 'not-its-address', reason: 'the address is somebody else’s by now' };
  const reason = 'somebody else took the address at the same moment';
  return { kind: 'nak', code: 'address-taken', reason };
}

/** The binding that a decision promises or ends; undefined where nothing is written. */
function leaseOf(
  client: DhcpClient,
  decision: Decision,
  gathered: Gathered,
  nowMs: number,
): LeaseWrite | undefined {
  const { key, seenMac, machine } = gathered;
  if (key === undefined || !isWrittenKind(decision)) return undefined;
  const { address: ip } = decision;
  return {
    ip,
    mac: key,
    seenMac,
    hostname: client.hostname ?? machine?.hostname ?? null,
    ...endOf(decision, nowMs),
    nowMs,
    reserved: machine?.ip === ip,
  };
}

function endOf(decision: WrittenDecision, nowMs: number): Pick<LeaseWrite, 'state' | 'expiresAtMs'> {
  switch (decision.kind) {
    case 'ack':
      return { state: 'bound', expiresAtMs: nowMs + decision.leaseSeconds * 1000 };
    case 'release':
      return { state: 'released', expiresAtMs: nowMs };
    case 'decline':
      return { state: 'declined', expiresAtMs: nowMs + QUARANTINE_MS };
  }
}
