import { endianness } from 'node:os';
import type { CallResult, Libc } from './libc.ts';

/** The layouts below hold on these, where the order of bytes is little-endian. */
const ARCHITECTURES = ['x64', 'arm64', 'riscv64', 'loong64', 'ppc64'];

export function hasMessageRings(arch: string = process.arch, order: 'LE' | 'BE' = endianness()): boolean {
  return ARCHITECTURES.includes(arch) && order === 'LE';
}

/**
 * Many datagrams a system call: the structures of recvmmsg(2) and sendmmsg(2) as Linux lays them out on 64-bit
 * little-endian machines, made once and filled anew for each call.
 *
 *   struct mmsghdr, 64 bytes: 0 name, 8 its length, 16 iovecs, 24 their number, 32 control, 40 its length, 48 flags,
 *   56 length of the datagram; struct iovec, 16 bytes: 0 address, 8 length.
 */
const MESSAGE_WORDS = 16;
const IOVEC_WORDS = 4;
const NAME_WORDS = 4;
const MSG_TRUNC = 0x20;

/** A struct sockaddr_in (ip(7)) as two words: family and port, address; both parts in network order in memory. */
export interface Ipv4Name {
  readonly familyAndPort: number;
  readonly address: number;
}

/** `address` as an unsigned number in host order, as `Ipv4` is. */
export function ipv4Name(address: number, port: number): Ipv4Name {
  return { familyAndPort: (2 | (swap16(port) << 16)) >>> 0, address: swap32(address) };
}

/** Where the pieces of one vector lie, as 32-bit words. */
class Vector {
  readonly bytes: Buffer;
  readonly words: Uint32Array;
  readonly address: number;

  constructor(libc: Libc, words: number) {
    this.bytes = Buffer.alloc(words * 4);
    this.words = new Uint32Array(this.bytes.buffer, this.bytes.byteOffset, words);
    this.address = libc.addressOf(this.bytes);
  }

  point(word: number, address: number): void {
    this.words[word] = address >>> 0;
    this.words[word + 1] = Math.floor(address / 0x1_0000_0000);
  }
}

export interface ReceiveRingOptions {
  /** Datagrams a call, at most. */
  readonly messages: number;
  /** Longest datagram that is taken whole. */
  readonly messageBytes: number;
  /** Room for control messages of each, default none. */
  readonly controlBytes?: number;
}

/** Takes datagrams from sockets. What it gives is valid until the next call of `receive`. */
export class ReceiveRing {
  readonly #libc: Libc;
  readonly #options: Required<ReceiveRingOptions>;
  /** The messages, and behind them the iovecs that they point at. */
  readonly #messages: Vector;
  readonly #names: Vector;
  readonly #controls: Vector;
  readonly #bytes: Buffer;
  readonly #views: Buffer[];
  #filled: number;

  constructor(libc: Libc, options: ReceiveRingOptions) {
    const { messages, messageBytes, controlBytes = 0 } = options;
    this.#libc = libc;
    this.#filled = messages;
    this.#options = { messages, messageBytes, controlBytes };
    this.#messages = new Vector(libc, messages * (MESSAGE_WORDS + IOVEC_WORDS));
    this.#names = new Vector(libc, messages * NAME_WORDS);
    this.#controls = new Vector(libc, (messages * controlBytes) / 4);
    this.#bytes = Buffer.alloc(messages * messageBytes);
    this.#views = Array.from({ length: messages }, () => this.#bytes.subarray(0, 0));
    const bytesAt = libc.addressOf(this.#bytes);
    for (let index = 0; index < messages; index += 1) {
      const word = index * MESSAGE_WORDS;
      const iovec = messages * MESSAGE_WORDS + index * IOVEC_WORDS;
      this.#messages.point(word, this.#names.address + index * NAME_WORDS * 4);
      this.#messages.point(word + 4, this.#messages.address + iovec * 4);
      this.#messages.words[word + 6] = 1;
      if (controlBytes > 0) this.#messages.point(word + 8, this.#controls.address + index * controlBytes);
      this.#messages.point(iovec, bytesAt + index * messageBytes);
      this.#messages.words[iovec + 2] = messageBytes;
    }
  }

  /** Takes what waits, at most a ring full; the outcome is how many. */
  receive(fd: number, flags: number): CallResult {
    const { words, bytes } = this.#messages;
    const { messages, controlBytes } = this.#options;
    // The kernel has written over the lengths of those that it filled.
    for (let word = 0; word < this.#filled * MESSAGE_WORDS; word += MESSAGE_WORDS) {
      words[word + 2] = NAME_WORDS * 4;
      words[word + 10] = controlBytes;
    }
    const received = this.#libc.recvmmsg(fd, bytes, messages, flags);
    this.#filled = received.ok ? received.value : 0;
    return received;
  }

  /** The datagram; undefined where it was longer than a slot. */
  bytesAt(index: number): Buffer | undefined {
    const word = index * MESSAGE_WORDS;
    if (((this.#messages.words[word + 12] ?? 0) & MSG_TRUNC) !== 0) return undefined;
    const length = this.#messages.words[word + 14] ?? 0;
    const known = this.#views[index];
    if (known !== undefined && known.length === length) return known;
    const start = index * this.#options.messageBytes;
    const view = this.#bytes.subarray(start, start + length);
    this.#views[index] = view;
    return view;
  }

  addressAt(index: number): number {
    return swap32(this.#names.words[index * NAME_WORDS + 1] ?? 0);
  }

  portAt(index: number): number {
    return swap16((this.#names.words[index * NAME_WORDS] ?? 0) >>> 16);
  }

  /** A word of the control messages. */
  controlWordAt(index: number, word: number): number {
    return this.#controls.words[(index * this.#options.controlBytes) / 4 + word] ?? 0;
  }
}

export interface SendRingOptions {
  readonly messages: number;
  /** Pieces that all messages together may be put together from. */
  readonly pieces: number;
  /** Room for control messages of each, default none; a multiple of 8. */
  readonly controlBytes?: number;
}

/** Gathers datagrams out of pieces and sends them by one call. */
export class SendRing {
  readonly #libc: Libc;
  readonly #options: Required<SendRingOptions>;
  readonly #messages: Vector;
  readonly #names: Vector;
  readonly #controls: Vector;
  readonly #iovecs: Vector;
  #count = 0;
  #pieces = 0;

  constructor(libc: Libc, options: SendRingOptions) {
    this.#libc = libc;
    this.#options = { controlBytes: 0, ...options };
    const { messages, pieces, controlBytes } = this.#options;
    this.#messages = new Vector(libc, messages * MESSAGE_WORDS);
    this.#names = new Vector(libc, messages * NAME_WORDS);
    this.#controls = new Vector(libc, (messages * controlBytes) / 4);
    this.#iovecs = new Vector(libc, pieces * IOVEC_WORDS);
    for (let index = 0; index < messages; index += 1) {
      this.#messages.point(index * MESSAGE_WORDS, this.#names.address + index * NAME_WORDS * 4);
      this.#messages.words[index * MESSAGE_WORDS + 2] = NAME_WORDS * 4;
    }
  }

  /** Messages gathered since the last `clear`. */
  get count(): number {
    return this.#count;
  }

  /** Is there room for one more message of so many pieces? */
  hasRoom(pieces: number): boolean {
    return this.#count < this.#options.messages && this.#pieces + pieces <= this.#options.pieces;
  }

  /** Begins a message; its pieces follow. */
  begin(to: Ipv4Name): void {
    const { words } = this.#messages;
    const word = this.#count * MESSAGE_WORDS;
    this.#names.words[this.#count * NAME_WORDS] = to.familyAndPort;
    this.#names.words[this.#count * NAME_WORDS + 1] = to.address;
    this.#messages.point(word + 4, this.#iovecs.address + this.#pieces * IOVEC_WORDS * 4);
    words[word + 6] = 0;
    words[word + 8] = 0;
    words[word + 9] = 0;
    words[word + 10] = 0;
    this.#count += 1;
  }

  /** A piece of the message begun last: the bytes there must not move or change until they are sent. */
  piece(address: number, length: number): void {
    const word = this.#pieces * IOVEC_WORDS;
    this.#iovecs.point(word, address);
    this.#iovecs.words[word + 2] = length;
    this.#pieces += 1;
    const counted = (this.#count - 1) * MESSAGE_WORDS + 6;
    this.#messages.words[counted] = (this.#messages.words[counted] ?? 0) + 1;
  }

  /** The control message of the message begun last: `words` of a struct cmsghdr and its data, `length` bytes of it. */
  control(words: readonly number[], length: number): void {
    const index = this.#count - 1;
    const start = (index * this.#options.controlBytes) / 4;
    for (let word = 0; word < words.length; word += 1) this.#controls.words[start + word] = words[word] ?? 0;
    this.#messages.point(index * MESSAGE_WORDS + 8, this.#controls.address + start * 4);
    this.#messages.words[index * MESSAGE_WORDS + 10] = length;
  }

  /** Sends from the `first` message on; the outcome is how many went. An error is that of the first one. */
  send(fd: number, first: number, flags: number): CallResult {
    const from = this.#messages.bytes.subarray(first * MESSAGE_WORDS * 4);
    return this.#libc.sendmmsg(fd, from, this.#count - first, flags);
  }

  clear(): void {
    this.#count = 0;
    this.#pieces = 0;
  }
}

function swap16(value: number): number {
  return ((value & 0xff) << 8) | ((value >>> 8) & 0xff);
}

/** An address in host order to what little-endian memory in network order reads as, and back. */
export function swap32(value: number): number {
  return ((value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | ((value >>> 24) & 0xff)) >>> 0;
}
