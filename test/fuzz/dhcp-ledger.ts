import type { DhcpClient } from '../../src/dhcp/client.ts';
import { MESSAGE_TYPE, OPTION } from '../../src/dhcp/codes.ts';
import type { DhcpPacket } from '../../src/dhcp/packet.ts';
import { type Ipv4, NO_ADDRESS } from '../../src/domain/network/ipv4.ts';
import type { LeaseWrite } from '../../src/store/interfaces/dhcp-store.ts';
import { type AddressPlan, SERVER_IP, textOf } from './dhcp-records.ts';

/** A row of the table of leases, as far as it is compared. */
export interface LeaseRow {
  readonly ip: number;
  readonly mac: string;
  readonly state: string;
  readonly expires_at: number;
}

/**
 * The books that the service's own are held against: every lease that the database took, in order, kept in a way that
 * shares nothing with the service. All methods return what is wrong, undefined where nothing is.
 */
export interface LeaseLedger {
  /** The database is about to have this lease: it may be seen there before its flush has ended. */
  begun(write: LeaseWrite): void;
  /** Nothing came of it, or it was told by `committed`. */
  ended(write: LeaseWrite): void;
  /** The database says that it has this lease. */
  committed(write: LeaseWrite): string | undefined;
  /** A reply is about to leave. */
  answered(client: DhcpClient, request: DhcpPacket, reply: DhcpPacket): string | undefined;
  /** All leases of the database, while nothing is under way. */
  compare(rows: readonly LeaseRow[]): string | undefined;
}

export function createLeaseLedger(
  { reserved, isDynamic, isProxied }: AddressPlan,
  now: () => number,
): LeaseLedger {
  const leases = new Map<Ipv4, LeaseWrite>();
  /** Bound since the last comparison: several clients may have had one address by then, one after the other. */
  const written = new Set<string>();

  /** Given back, and not yet known to be on the disk. */
  const leaving = new Set<LeaseWrite>();

  const mayHold = (address: Ipv4, key: string): string | undefined => {
    const owner = reserved.get(address);
    if (owner !== undefined) return owner === key ? undefined : `it is reserved for ${owner}`;
    return isDynamic(address) || isProxied(address) ? undefined : 'it is in no range';
  };
  const liveHolder = (address: Ipv4, nowMs: number): string | undefined => {
    const lease = leases.get(address);
    return lease === undefined || lease.state === 'released' || lease.expiresAtMs <= nowMs
      ? undefined
      : lease.mac;
  };

  const promise = (client: DhcpClient, reply: DhcpPacket, type: number | undefined): string | undefined => {
    const key = client.key ?? 'nobody';
    const wrong = mayHold(reply.yiaddr, key);
    if (wrong !== undefined) return wrong;
    // BOOTP has no leases: what its machines get stands in a record (RFC 1534 §2).
    if (type === undefined) return reserved.has(reply.yiaddr) ? undefined : 'BOOTP from a range';
    if (type === MESSAGE_TYPE.ack)
      return written.has(nameOf(reply.yiaddr, key)) ? undefined : 'no lease of it was written';
    const holder = liveHolder(reply.yiaddr, now());
    if (holder === undefined || holder === key || reserved.get(reply.yiaddr) === key) return undefined;
    // Whoever had it has given it back, which counts before the disk has it: what is given later is on the disk later.
    if ([...leaving].some((write) => write.ip === reply.yiaddr && write.mac === holder)) return undefined;
    // An offer is no promise: somebody else may have got the address while it was under way.
    return written.has(nameOf(reply.yiaddr, holder)) ? undefined : `${holder} has it`;
  };

  return {
    begun(write) {
      if (write.state === 'released') leaving.add(write);
    },
    ended: (write) => void leaving.delete(write),
    committed(write) {
      const { ip, mac, nowMs } = write;
      const holder = liveHolder(ip, nowMs);
      leases.set(ip, write);
      if (write.state === 'bound') written.add(nameOf(ip, mac));
      const wrong = mayHold(ip, mac);
      if (wrong !== undefined) return `${textOf(ip)} is ${write.state} by ${mac}, but ${wrong}`;
      // What another server gives is told to ours by machines, the last of which is right.
      if (holder === undefined || holder === mac || reserved.get(ip) === mac || isProxied(ip))
        return undefined;
      return `${textOf(ip)} is ${write.state} by ${mac} while ${holder} has it`;
    },
    answered(client, request, reply) {
      const type = reply.options.get(OPTION.messageType)?.[0];
      const says = `type ${type ?? 'BOOTP'} to ${client.key ?? 'nobody'} with ${textOf(reply.yiaddr)}`;
      if (!client.isRequest) return `${says}: a reply to a reply`;
      if (reply.op !== 2 || reply.xid !== request.xid || !reply.chaddr.equals(request.chaddr))
        return `${says}: not the answer to its request`;
      // RFC 3046 §2.2, and F16: byte for byte, in every reply.
      const [sent, echoed] = [
        request.options.get(OPTION.relayAgentInfo),
        reply.options.get(OPTION.relayAgentInfo),
      ];
      if (sent?.toString('hex') !== echoed?.toString('hex')) return `${says}: option 82 is another one`;
      if (type === MESSAGE_TYPE.nak || reply.yiaddr === NO_ADDRESS) return undefined;
      if (isProxied(reply.yiaddr)) return `${says}: an address that another server gives`;
      if (reply.yiaddr === SERVER_IP) return `${says}: the server's own address`;
      const wrong = promise(client, reply, type);
      return wrong === undefined ? undefined : `${says}: ${wrong}`;
    },
    compare(rows) {
      written.clear();
      const seen = new Set(rows.map(({ ip }) => ip));
      if (seen.size !== rows.length) return 'an address has two leases';
      if (rows.length !== leases.size) return `${rows.length} leases, ${leases.size} were written`;
      for (const { ip, mac, state, expires_at } of rows) {
        const lease = leases.get(ip as Ipv4);
        if (lease?.mac === mac && lease.state === state && lease.expiresAtMs === expires_at) continue;
        return `${textOf(ip)} is ${state} by ${mac} until ${expires_at}, was written ${JSON.stringify(lease)}`;
      }
      return undefined;
    },
  };
}

function nameOf(address: Ipv4, key: string): string {
  return `${textOf(address)} ${key}`;
}
