import { isIPv4 } from 'node:net';
import { endianness } from 'node:os';
import { formatIpv4, ipv4FromNumber, parseIpv4 } from '../../src/domain/network/ipv4.ts';
import { adoptUdp, bindUdp, type DatagramSocket, type Endpoint } from './datagram.ts';
import {
  AF_INET,
  type CallResult,
  type Libc,
  type LibcResult,
  MSG_DONTWAIT,
  SO_RCVBUF,
  SO_RCVBUFFORCE,
  SO_SNDBUF,
  SO_SNDBUFFORCE,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOL_SOCKET,
} from './libc.ts';
import { hasMessageRings, type Ipv4Name, ipv4Name, ReceiveRing } from './message-ring.ts';
import { Outbox, type Receiver } from './outbox.ts';
import {
  type BindPeers,
  type DatagramRun,
  type Peer,
  type PeerHandlers,
  type PeerSocket,
  type PeerSocketOptions,
  plainPeers,
  runDatagram,
} from './peer-socket.ts';
import { encodeInt, encodeSockaddrIn } from './sockaddr.ts';

/** Datagrams taken by one call, and calls in one turn: then everybody else has a turn first. */
const BATCH = 64;
const CALLS_A_TURN = 8;
/** Longer datagrams to a transfer are no ACKs, and an ERROR needs no more words. */
const MESSAGE_BYTES = 2048;
const BUFFER_BYTES = 1024 * 1024;

/**
 * Peer sockets that take and send many datagrams by one system call (recvmmsg, sendmmsg), for IPv4 on 64-bit
 * little-endian Linux; plain ones for all else, which do the same more slowly. Node waits for the first datagram and
 * reads it, the rest of the queue is drained here.
 */
export function choosePeers(
  loaded: LibcResult,
  plain: BindPeers = plainPeers(bindUdp),
  arch: string = process.arch,
  order: 'LE' | 'BE' = endianness(),
): BindPeers {
  if (!loaded.ok || !hasMessageRings(arch, order)) return plain;
  const { libc } = loaded;
  const shared: Shared = {
    libc,
    outbox: new Outbox(libc),
    inbox: new ReceiveRing(libc, { messages: BATCH, messageBytes: MESSAGE_BYTES }),
  };
  return async (options) =>
    isIPv4(options.address) ? new BatchedPeerSocket(shared, options) : plain(options);
}

/** What all sockets of a process use in turn. */
interface Shared {
  readonly libc: Libc;
  readonly outbox: Outbox;
  readonly inbox: ReceiveRing;
}

class BatchedPeerSocket implements PeerSocket {
  readonly local: Endpoint;
  readonly #shared: Shared;
  readonly #options: PeerSocketOptions;
  readonly #fd: number;
  readonly #socket: DatagramSocket;
  readonly #peers = new Map<number, BatchedPeer>();
  #callsLeft = CALLS_A_TURN;
  #closed = false;

  constructor(shared: Shared, options: PeerSocketOptions) {
    this.#shared = shared;
    this.#options = options;
    this.#fd = openSocket(shared.libc, options.address);
    this.#socket = adoptUdp(this.#fd, options.onError);
    this.local = this.#socket.local;
    this.#socket.onMessage((bytes, from) => {
      const address = parseIpv4(from.address);
      if (address !== undefined) this.#deliver(address, from.port, bytes);
      this.#drain();
    });
  }

  add(endpoint: Endpoint, handlers: PeerHandlers): Peer {
    const address = parseIpv4(endpoint.address);
    if (address === undefined) throw new RangeError(`${endpoint.address} is no IPv4 address`);
    const key = keyOf(address, endpoint.port);
    const peer = new BatchedPeer({
      outbox: this.#shared.outbox,
      socket: this.#socket,
      fd: this.#fd,
      endpoint,
      name: ipv4Name(address, endpoint.port),
      handlers,
      leave: () => {
        if (this.#peers.get(key) === peer) this.#peers.delete(key);
      },
    });
    this.#peers.set(key, peer);
    return peer;
  }

  close(): Promise<void> {
    if (!this.#closed) this.#shared.outbox.flush();
    this.#closed = true;
    return this.#socket.close();
  }

  /** The rest of the queue, but no more than a share of the turn: what is left wakes Node again. */
  #drain(): void {
    const { inbox, outbox } = this.#shared;
    if (this.#callsLeft === CALLS_A_TURN)
      setImmediate(() => {
        this.#callsLeft = CALLS_A_TURN;
      });
    // A handler may close the socket, and its number may be another's then.
    while (!this.#closed && this.#callsLeft > 0) {
      this.#callsLeft -= 1;
      const received = inbox.receive(this.#fd, MSG_DONTWAIT);
      const count = received.ok ? received.value : 0;
      for (let index = 0; index < count; index += 1) {
        const bytes = inbox.bytesAt(index);
        if (bytes !== undefined) this.#deliver(inbox.addressAt(index), inbox.portAt(index), bytes);
      }
      outbox.flush();
      if (count < BATCH) break;
    }
  }

  #deliver(address: number, port: number, bytes: Buffer): void {
    const peer = this.#peers.get(keyOf(address, port));
    if (peer !== undefined) peer.handlers.message(bytes);
    else if (!this.#closed) {
      const from = { address: formatIpv4(ipv4FromNumber(address)), port };
      this.#options.onStranger(bytes, (answer) => this.#socket.send(answer, from));
    }
  }
}

interface BatchedPeerParts {
  readonly outbox: Outbox;
  readonly socket: DatagramSocket;
  readonly fd: number;
  readonly endpoint: Endpoint;
  readonly name: Ipv4Name;
  readonly handlers: PeerHandlers;
  readonly leave: () => void;
}

class BatchedPeer implements Peer, Receiver {
  readonly fd: number;
  readonly name: Ipv4Name;
  readonly handlers: PeerHandlers;
  readonly #parts: BatchedPeerParts;
  segments = true;

  constructor(parts: BatchedPeerParts) {
    this.#parts = parts;
    this.fd = parts.fd;
    this.name = parts.name;
    this.handlers = parts.handlers;
  }

  /** Single words (OACK, ERROR) are rare: Node sends them. Behind what is queued, that they stay in order. */
  send(bytes: Buffer): void {
    const { outbox, socket, endpoint, handlers } = this.#parts;
    outbox.flush();
    socket.send(bytes, endpoint, handlers.failure);
  }

  sendRun(run: DatagramRun): void {
    this.#parts.outbox.add(this, run);
  }

  leave(): void {
    this.#parts.leave();
  }

  later(run: DatagramRun, first: number, count: number): void {
    const { socket, endpoint, handlers } = this.#parts;
    for (let index = first; index < first + count; index += 1)
      socket.send(runDatagram(run, index), endpoint, handlers.failure);
  }

  failed(code: string): void {
    this.handlers.failure(new Error(`send ${code}`));
  }
}

/** Exact: 48 bits. */
function keyOf(address: number, port: number): number {
  return address * 0x1_0000 + port;
}

function openSocket(libc: Libc, address: string): number {
  const local = parseIpv4(address);
  if (local === undefined) throw new RangeError(`${address} is no IPv4 address`);
  const fd = must(libc.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), 'socket');
  const size = encodeInt(BUFFER_BYTES);
  // As large as the system allows: neither a rack's ACKs nor a full window may be dropped here.
  for (const [forced, capped] of [
    [SO_RCVBUFFORCE, SO_RCVBUF],
    [SO_SNDBUFFORCE, SO_SNDBUF],
  ] as const)
    if (!libc.setsockopt(fd, SOL_SOCKET, forced, size).ok) libc.setsockopt(fd, SOL_SOCKET, capped, size);
  const bound = libc.bind(fd, encodeSockaddrIn(local, 0));
  if (!bound.ok) libc.close(fd);
  must(bound, `bind ${address}`);
  return fd;
}

function must(result: CallResult, call: string): number {
  if (!result.ok) throw Object.assign(new Error(`${call} ${result.code}`), { code: result.code });
  return result.value;
}
