/** One message out of a stream. */
export interface Frame {
  readonly bytes: Buffer;
  /** Bytes of it that were too many and are gone. */
  readonly cutBytes: number;
}

/** Longest MSG-LEN that is taken for one, in digits: 9,999,999 bytes. */
const COUNT_DIGITS = 7;

const LF = 0x0a;
const NUL = 0x00;
const LESS_THAN = 0x3c;

type Mode =
  | { readonly kind: 'start' }
  /** Octet counting, RFC 6587 §3.4.1: so many bytes are still to come. */
  | { readonly kind: 'counted'; left: number }
  /** Up to a newline or NUL, RFC 6587 §3.4.2. */
  | { readonly kind: 'line' };

/**
 * Takes the messages out of one TCP connection, RFC 6587. Each may be framed in either way: a number is only taken for a length
 * if a space and the `<` of a priority follow it. Holds at most `messageBytes` of a message that has not come to its end.
 */
export class Deframer {
  readonly #messageBytes: number;
  #mode: Mode = { kind: 'start' };
  /** What has come at the start of a message and does not say yet how it is framed. */
  #early = Buffer.alloc(0);
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #cutBytes = 0;

  constructor(messageBytes: number) {
    this.#messageBytes = messageBytes;
  }

  /** The messages that are whole now. */
  push(chunk: Buffer): Frame[] {
    const frames: Frame[] = [];
    let rest = chunk;
    while (rest.length > 0) rest = this.#step(rest, frames);
    return frames;
  }

  /** What came of a message that the end of the connection has cut off. */
  end(): Frame[] {
    if (this.#early.length > 0) this.#keep(this.#early);
    this.#early = Buffer.alloc(0);
    return this.#keptBytes === 0 ? [] : [this.#take()];
  }

  /** Uses up a part of the bytes, at least one, and returns the rest. */
  #step(bytes: Buffer, frames: Frame[]): Buffer {
    switch (this.#mode.kind) {
      case 'start':
        return this.#begin(bytes);
      case 'counted': {
        const part = bytes.subarray(0, this.#mode.left);
        this.#keep(part);
        this.#mode.left -= part.length;
        if (this.#mode.left === 0) frames.push(this.#take());
        return bytes.subarray(part.length);
      }
      case 'line': {
        const end = findTrailer(bytes);
        this.#keep(end === -1 ? bytes : bytes.subarray(0, end));
        if (end === -1) return bytes.subarray(bytes.length);
        frames.push(this.#take());
        return bytes.subarray(end + 1);
      }
    }
  }

  /** Looks how the next message is framed. Empty lines are no messages. */
  #begin(bytes: Buffer): Buffer {
    const all = this.#early.length === 0 ? bytes : Buffer.concat([this.#early, bytes]);
    let first = 0;
    while (first < all.length && isTrailer(all[first])) first += 1;
    const start = all.subarray(first);
    this.#early = Buffer.alloc(0);
    if (start.length === 0) return start;
    const count = readCount(start);
    if (count === 'unclear') {
      this.#early = Buffer.from(start);
      return start.subarray(start.length);
    }
    if (count === undefined) {
      this.#mode = { kind: 'line' };
      return start;
    }
    this.#mode = { kind: 'counted', left: count.length };
    return start.subarray(count.headBytes);
  }

  #keep(bytes: Buffer): void {
    const room = this.#messageBytes - this.#keptBytes;
    const kept = Buffer.from(bytes.subarray(0, room));
    this.#cutBytes += bytes.length - kept.length;
    if (kept.length === 0) return;
    this.#kept.push(kept);
    this.#keptBytes += kept.length;
  }

  #take(): Frame {
    const frame = { bytes: Buffer.concat(this.#kept), cutBytes: this.#cutBytes };
    this.#kept = [];
    this.#keptBytes = 0;
    this.#cutBytes = 0;
    this.#mode = { kind: 'start' };
    return frame;
  }
}

/** RFC 6587 §3.4.2: a newline, and a NUL from some senders. */
function isTrailer(byte: number | undefined): boolean {
  return byte === LF || byte === NUL;
}

function findTrailer(bytes: Buffer): number {
  for (let at = 0; at < bytes.length; at += 1) if (isTrailer(bytes[at])) return at;
  return -1;
}

/** MSG-LEN and its space, RFC 6587 §3.4.1; `unclear` while what came may still become one. */
function readCount(bytes: Buffer): { length: number; headBytes: number } | 'unclear' | undefined {
  const head = bytes.toString('latin1', 0, COUNT_DIGITS + 1);
  const match = /^([1-9]\d*) /.exec(head);
  if (match === null) return /^[1-9]\d*$/.test(head) && head.length <= COUNT_DIGITS ? 'unclear' : undefined;
  const headBytes = match[0].length;
  if (headBytes === bytes.length) return 'unclear';
  return bytes[headBytes] === LESS_THAN ? { length: Number(match[1]), headBytes } : undefined;
}
