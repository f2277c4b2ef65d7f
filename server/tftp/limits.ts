import { WINDOW_BLOCKS_MAX } from '../../src/tftp/negotiate.ts';

/** What one listener agrees to at most. */
export interface TftpLimits {
  /** Largest block to agree to: blockLimitForMtu of the interface. Default 1468, for an MTU of 1500. */
  readonly blockBytes: number;
  /** Largest window to agree to, 1–64 blocks. Default 64. */
  readonly windowBlocks: number;
  /** Largest file to serve, in bytes. Default 32 MB (F28): what is larger belongs to HTTP. */
  readonly fileBytes: number;
  /** Largest file to serve in netascii, in bytes. Default 1 MiB. */
  readonly netasciiBytes: number;
  /** Transfers at once. Default 1024. */
  readonly sessions: number;
  /** Transfers at once to one client address. Default 32. */
  readonly sessionsPerClient: number;
}

const DEFAULT_LIMITS: TftpLimits = {
  blockBytes: 1468,
  windowBlocks: WINDOW_BLOCKS_MAX,
  fileBytes: 32 * 1024 * 1024,
  netasciiBytes: 1024 * 1024,
  sessions: 1024,
  sessionsPerClient: 32,
};

/**
 * The limits with the defaults filled in.
 * @throws RangeError for limits that no transfer could keep
 */
export function checkLimits(given: Partial<TftpLimits> = {}): TftpLimits {
  const limits = { ...DEFAULT_LIMITS, ...given };
  if (limits.blockBytes < 8 || limits.blockBytes > 65464)
    throw new RangeError(`TFTP block limit ${limits.blockBytes} is outside 8-65464 (RFC 2348)`);
  if (limits.windowBlocks < 1 || limits.windowBlocks > WINDOW_BLOCKS_MAX)
    throw new RangeError(`TFTP window limit ${limits.windowBlocks} is outside 1-${WINDOW_BLOCKS_MAX}`);
  return limits;
}
