import { type Libc, MSG_DONTWAIT } from './libc.ts';
import { type Ipv4Name, SendRing } from './message-ring.ts';
import { type DatagramRun, headAt } from './peer-socket.ts';

/** One receiver on one socket, as the outbox needs it. */
export interface Receiver {
  readonly fd: number;
  readonly name: Ipv4Name;
  /** What could not be sent at once: by other means, from one of the run's datagrams on. */
  later(run: DatagramRun, first: number, count: number): void;
  /** The error of a datagram that will not be sent. */
  failed(code: string): void;
  /** May several datagrams of a run be one message that the kernel cuts (UDP_SEGMENT)? */
  segments: boolean;
}

interface Queued {
  readonly receiver: Receiver;
  readonly run: DatagramRun;
  readonly first: number;
  readonly count: number;
}

/** include/uapi/linux/udp.h, in.h */
const SOL_UDP = 17;
const UDP_SEGMENT = 103;
/** UDP_MAX_SEGMENTS of kernels before 6.10, and the longest datagram of IPv4. */
const SEGMENTS_MAX = 64;
const SEGMENTED_BYTES_MAX = 65_507;
const MESSAGES = 64;
/** Room for one run of a full window at least. */
const PIECES = 2 * MESSAGES + 2 * SEGMENTS_MAX;

/**
 * Datagrams gathered while one event is handled, and sent by one sendmmsg(2). The payload is not copied: each
 * datagram is a head and a piece of the file. A run to one receiver is one message that the kernel cuts into
 * datagrams as late as it can (udp(7), UDP_SEGMENT): a window costs little more than a block.
 */
export class Outbox {
  readonly #libc: Libc;
  readonly #ring: SendRing;
  readonly #addresses = new WeakMap<Buffer, number>();
  #queued: Queued[] = [];
  #fd = -1;
  #flushing = false;

  constructor(libc: Libc) {
    this.#libc = libc;
    this.#ring = new SendRing(libc, {
      messages: MESSAGES,
      pieces: PIECES,
      controlBytes: 24,
    });
  }

  /** Queues a run; it goes when the turn ends, or at the next `flush`. */
  add(receiver: Receiver, run: DatagramRun): void {
    if (receiver.fd !== this.#fd) this.flush();
    this.#fd = receiver.fd;
    if (!this.#flushing) {
      this.#flushing = true;
      queueMicrotask(() => {
        this.#flushing = false;
        this.flush();
      });
    }
    const total = run.datagrams;
    const most = receiver.segments ? segmentsOf(run) : 1;
    for (let first = 0; first < total; first += most)
      this.#addMessage({ receiver, run, first, count: Math.min(most, total - first) });
  }

  #addMessage(queued: Queued): void {
    const { receiver, run, first, count } = queued;
    const { headBytes, body, start, pieceBytes } = run;
    if (!this.#ring.hasRoom(2 * count)) this.flush();
    const heads = this.#addressOf(run.heads);
    const bodyAt = this.#addressOf(body);
    this.#ring.begin(receiver.name);
    for (let index = first; index < first + count; index += 1) {
      this.#ring.piece(heads + headAt(run, index), headBytes);
      const from = start + index * pieceBytes;
      const length = Math.min(pieceBytes, body.length - from);
      if (length > 0) this.#ring.piece(bodyAt + from, length);
    }
    // struct cmsghdr (length, level, type) and a u16.
    if (count > 1) this.#ring.control([18, 0, SOL_UDP, UDP_SEGMENT, headBytes + pieceBytes], 24);
    // Held here until it is sent, and with it the buffers that the kernel reads.
    this.#queued.push(queued);
  }

  #addressOf(bytes: Buffer): number {
    if (bytes.length === 0) return 0;
    let address = this.#addresses.get(bytes);
    if (address === undefined) {
      address = this.#libc.addressOf(bytes);
      this.#addresses.set(bytes, address);
    }
    return address;
  }

  /** Sends what is queued. */
  flush(): void {
    if (this.#queued.length === 0) return;
    const queued = this.#queued;
    this.#queued = [];
    for (let sent = 0; sent < queued.length; ) {
      const result = this.#ring.send(this.#fd, sent, MSG_DONTWAIT);
      if (result.ok) sent += result.value;
      else if (result.code !== 'EINTR') sent += refuse(queued, sent, result.code);
    }
    this.#ring.clear();
  }
}

/** Settles what the kernel did not take; how many messages that are. */
function refuse(queued: readonly Queued[], at: number, code: string): number {
  const rest = queued.slice(at);
  const [refused] = rest;
  if (refused === undefined) return 1;
  // The socket's buffer is full: Node waits until there is room.
  if (code === 'EAGAIN' || code === 'ENOBUFS') {
    for (const { receiver, run, first, count } of rest) receiver.later(run, first, count);
    return rest.length;
  }
  const { receiver, run, first, count } = refused;
  if (count > 1) {
    // An interface without checksum offload (EIO), or with a smaller MTU than its peer (EINVAL, EMSGSIZE).
    receiver.segments = false;
    receiver.later(run, first, count);
  } else receiver.failed(code);
  return 1;
}

function segmentsOf({ headBytes, pieceBytes }: DatagramRun): number {
  return Math.max(1, Math.min(SEGMENTS_MAX, Math.floor(SEGMENTED_BYTES_MAX / (headBytes + pieceBytes))));
}
