/** A datagram that leaves, so much later than it would. */
export interface Sent {
  readonly bytes: Buffer;
  readonly afterMs: number;
}

/** What a hostile BMC does to its answers, at the layers where it can. */
export interface Spoil {
  /** Before it is encrypted and signed. */
  payload?(payload: Buffer): Buffer;
  /** Of the encrypted payload, for a pad of so many bytes. */
  padding?(length: number): Buffer;
  /** Before it is signed. */
  sessionId?(right: number): number;
  /** The datagrams that leave instead of the right one; `earlier` is the answer before it. */
  datagrams?(right: Buffer, earlier: Buffer): readonly Sent[];
}

const now = (...datagrams: readonly Buffer[]): Sent[] => datagrams.map((bytes) => ({ bytes, afterMs: 0 }));

function changeByte(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  const index = at < 0 ? changed.length + at : at;
  if (index in changed) changed[index] = (changed[index] ?? 0) ^ 0x55;
  return changed;
}

/** Hostile answers, by what is wrong with them. */
export const SPOILS = {
  none: {},
  silent: { datagrams: () => [] },
  truncated: { datagrams: (right) => now(right.subarray(0, Math.floor(right.length / 2))) },
  'one byte short': { datagrams: (right) => now(right.subarray(0, -1)) },
  empty: { datagrams: () => now(Buffer.alloc(0)) },
  oversized: { datagrams: (right) => now(Buffer.concat([right, Buffer.alloc(60_000, 0xa5)])) },
  'oversized payload': { payload: (right) => Buffer.concat([right, Buffer.alloc(40_000, 0xa5)]) },
  'no payload': { payload: () => Buffer.alloc(0) },
  'another session': { sessionId: (right) => (right ^ 0x5555) >>> 0 },
  'session 0': { sessionId: () => 0 },
  'bad padding': { padding: (length) => Buffer.from([...Buffer.alloc(length, 0xee), length]) },
  'pad too long': { padding: (length) => Buffer.from([...Buffer.alloc(length, 0xee), 0xff]) },
  'bad integrity': { datagrams: (right) => now(changeByte(right, -1)) },
  'bad checksum': { payload: (right) => changeByte(right, -1) },
  'another command': { payload: (right) => changeByte(right, 5) },
  'another class': { datagrams: (right) => now(changeByte(right, 3)) },
  'length of a giant': {
    datagrams: (right) => {
      const changed = Buffer.from(right);
      if (changed.length >= 16) changed.writeUInt16LE(0xffff, 14);
      return now(changed);
    },
  },
  replayed: { datagrams: (_, earlier) => now(earlier) },
  'twice, and the one before': { datagrams: (right, earlier) => now(earlier, right, right) },
  'slow drip': {
    datagrams: (right) =>
      Array.from(right, (byte, at) => ({ bytes: Buffer.from([byte]), afterMs: 100 * at })),
  },
  flood: { datagrams: (right) => now(...Array.from({ length: 500 }, () => changeByte(right, -1))) },
} as const satisfies Readonly<Record<string, Spoil>>;

export type SpoilName = keyof typeof SPOILS;

/** Which answers are spoilt, of those that a session begins with and those of its commands. */
export type SpoiltStage = 'capabilities' | 'open' | 'rakp2' | 'rakp4' | 'command';

/** What is done to the answers of a stage. */
export type SpoilBy = (stage: SpoiltStage) => Spoil;

/** One thing wrong with all answers, or with those of one stage. */
export function spoilt(name: SpoilName, at: SpoiltStage | 'all' = 'all'): SpoilBy {
  return (stage) => (at === 'all' || at === stage ? SPOILS[name] : SPOILS.none);
}
