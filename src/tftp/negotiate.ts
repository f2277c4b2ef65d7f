import type { TftpOption } from './packet.ts';

/** What both sides hold to in one transfer, and the options that the OACK names (empty: no OACK is sent). */
export interface Negotiation {
  /** Bytes of a full block, 8–65464 (RFC 2348). */
  readonly blockBytes: number;
  /** Blocks sent before an ACK is awaited, 1–65535 (RFC 7440). */
  readonly windowBlocks: number;
  /** Seconds before a resend that the client asked for, 1–255 (RFC 2349); undefined: ours to choose. */
  readonly timeoutSeconds: number | undefined;
  /** The client asked for the size: it may be a probe that ends after the OACK (field note F24). */
  readonly sizeAsked: boolean;
  readonly oack: readonly TftpOption[];
}

/** What the server brings to the table. */
export interface NegotiationLimits {
  /** Largest block to agree to, from blockLimitForMtu. */
  readonly blockBytes: number;
  /** Largest window to agree to, 1–64. */
  readonly windowBlocks: number;
}

/** RFC 1350 §2: what holds without options. */
const DEFAULT_BLOCK_BYTES = 512;
/** More than this only fills switch buffers; RFC 7440 §5 finds the gain gone well before. */
export const WINDOW_BLOCKS_MAX = 64;

const BLOCK_BYTES_MIN = 8;
const BLOCK_BYTES_MAX = 65464;
const HEADER_BYTES = { 4: 20 + 8 + 4, 6: 40 + 8 + 4 } as const;

/**
 * Largest block whose DATA packet leaves an interface in one piece: MTU less IP, UDP and TFTP headers.
 * ROMs ask for 1468 or more behind tunnels and VLANs and cannot reassemble fragments (F25).
 */
export function blockLimitForMtu(mtuBytes: number, family: 4 | 6 = 4): number {
  return Math.min(BLOCK_BYTES_MAX, Math.max(BLOCK_BYTES_MIN, mtuBytes - HEADER_BYTES[family]));
}

/**
 * Answers the options of a read request. A value may be lowered, never raised; an option that is unknown, malformed
 * or out of range is left out of the OACK, which is how a server declines (RFC 2347). Of an option that is named
 * twice (RFC 2347 forbids it) the first counts. `fileBytes` is what tsize reports (RFC 2349), unless it is 0.
 */
export function negotiate(
  options: readonly TftpOption[],
  fileBytes: number,
  limits: NegotiationLimits,
): Negotiation {
  const agreed = new Map<string, { name: string; value: number }>();
  const seen = new Set<string>();
  for (const { name, value } of options) {
    const key = name.toLowerCase();
    const answer = seen.has(key) ? undefined : answerOption(key, value, fileBytes, limits);
    seen.add(key);
    // The name goes back in the client's spelling: comparing without case is our duty, not every ROM's habit.
    if (answer !== undefined) agreed.set(key, { name, value: answer });
  }
  return {
    blockBytes: agreed.get('blksize')?.value ?? DEFAULT_BLOCK_BYTES,
    windowBlocks: agreed.get('windowsize')?.value ?? 1,
    timeoutSeconds: agreed.get('timeout')?.value,
    sizeAsked: agreed.has('tsize'),
    oack: [...agreed.values()].map(({ name, value }) => ({ name, value: String(value) })),
  };
}

function answerOption(
  key: string,
  text: string,
  fileBytes: number,
  limits: NegotiationLimits,
): number | undefined {
  if (!/^[0-9]{1,10}$/.test(text)) return undefined;
  const value = Number(text);
  switch (key) {
    case 'blksize':
      return within(value, BLOCK_BYTES_MIN, BLOCK_BYTES_MAX) ? Math.min(value, limits.blockBytes) : undefined;
    case 'windowsize':
      return within(value, 1, 65535) ? Math.min(value, limits.windowBlocks, WINDOW_BLOCKS_MAX) : undefined;
    case 'timeout':
      // RFC 2349: the server repeats the client's number or declines; it has no number of its own.
      return within(value, 1, 255) ? value : undefined;
    case 'tsize':
      // RFC 2349: a reader sends 0 and is told the size. Other numbers are meant the same way.
      // curl (7.88) ends a transfer on "tsize 0" as invalid: of an empty file we decline to tell.
      return fileBytes === 0 ? undefined : fileBytes;
    default:
      return undefined;
  }
}

function within(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}
