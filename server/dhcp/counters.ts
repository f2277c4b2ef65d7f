/** Everything that happened to the packets of one interface; each number only ever grows. */
export interface DhcpCounters {
  received: number;
  replied: number;
  /** The service decided not to answer. */
  silent: number;
  /** Not DHCP, or broken: nothing of ours went wrong. */
  malformed: number;
  /** Too many were in work already. */
  dropped: number;
  /** Their client, or what is no DHCP at all, came too often. */
  limited: number;
  /** Of machines without a record, while a queue of others was there. */
  strangersDropped: number;
  /** The service failed, or took too long. */
  failed: number;
  sendFailed: number;
  /** Replies broadcast because a unicast before ARP was impossible. */
  broadcastInstead: number;
  socketErrors: number;
}

/** All zero. */
export function createDhcpCounters(): DhcpCounters {
  return {
    received: 0,
    replied: 0,
    silent: 0,
    malformed: 0,
    dropped: 0,
    limited: 0,
    strangersDropped: 0,
    failed: 0,
    sendFailed: 0,
    broadcastInstead: 0,
    socketErrors: 0,
  };
}

/**
 * Is this count worth a line in the log? The first is, then every doubling: a flood must not fill the disk, and
 * needs no clock to be told from a trickle.
 */
export function isWorthLogging(count: number): boolean {
  return count > 0 && Number.isInteger(Math.log2(count));
}
