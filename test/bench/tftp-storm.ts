import { createHash } from 'node:crypto';
import {
  AF_INET,
  type CallResult,
  type Libc,
  SO_RCVBUFFORCE,
  SO_SNDBUFFORCE,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOL_SOCKET,
} from '../../server/net/libc.ts';
import { type Ipv4Name, ipv4Name, ReceiveRing, SendRing, swap32 } from '../../server/net/message-ring.ts';
import { encodeInt, encodeSockaddrIn } from '../../server/net/sockaddr.ts';
import { NO_ADDRESS } from '../../src/domain/network/ipv4.ts';
import { readRequest, TftpClients, type TftpClientsPlan } from './tftp-clients.ts';

/** One storm: every client asks for the same file in the same instant. */
export interface TftpStormOptions extends TftpClientsPlan {
  readonly server: number;
  readonly port: number;
  readonly name: string;
  readonly sha256: string;
  /** Client i has this address plus i; all are addresses of this machine. */
  readonly firstClient: number;
  readonly limitMs: number;
}

export interface TftpStormReport {
  /** From the first request to the last block. */
  readonly seconds: number;
  /** Clients that have the file, byte for byte. */
  readonly ok: number;
  readonly errors: readonly string[];
  /** Requests and ACKs that were sent again after a second of silence. */
  readonly repeated: number;
  readonly cpuSeconds: number;
}

/** include/uapi/linux/in.h, asm-generic/socket.h, linux/socket.h */
const IPPROTO_IP = 0;
const IP_PKTINFO = 8;
const SO_RCVTIMEO = 20;
const MSG_WAITFORONE = 0x10000;
const OPCODE_ACK = 4;
const BATCH = 64;
const BUFFER_BYTES = 256 * 1024 * 1024;
/** Firmware asks again after a second. */
const SILENCE_MS = 1_000;
/** Late copies of the last block are acknowledged for a while: a server must not wait for a client that is gone. */
const LINGER_MS = 300;

/**
 * All clients on one socket: each has an address of its own, told apart by IP_PKTINFO (ip(7)), so that 64 packets cost
 * two system calls. Blocks the process: it runs in one of its own.
 */
export class TftpStorm {
  readonly #libc: Libc;
  readonly #options: TftpStormOptions;
  readonly #clients: TftpClients;
  readonly #fd: number;
  readonly #out: SendRing;
  /** Every ACK there is, by its block number. */
  readonly #acks = Buffer.alloc(4 * 65_536);
  readonly #acksAt: number;
  readonly #request: Buffer;
  readonly #requestAt: number;
  readonly #heardMs: Float64Array;
  readonly #names = new Map<number, Ipv4Name>();
  #repeated = 0;

  constructor(libc: Libc, options: TftpStormOptions) {
    this.#libc = libc;
    this.#options = options;
    this.#clients = new TftpClients(options);
    this.#heardMs = new Float64Array(options.clients);
    this.#fd = openSocket(libc);
    for (let block = 0; block < 65_536; block += 1)
      this.#acks.writeUInt32BE(OPCODE_ACK * 65_536 + block, block * 4);
    this.#acksAt = libc.addressOf(this.#acks);
    this.#request = readRequest(options.name, options);
    this.#requestAt = libc.addressOf(this.#request);
    this.#out = new SendRing(libc, {
      messages: BATCH,
      pieces: BATCH,
      controlBytes: 32,
    });
  }

  run(): TftpStormReport {
    const cpuBefore = process.cpuUsage();
    const { clients, limitMs } = this.#options;
    const startedAt = performance.now();
    for (let client = 0; client < clients; client += 1) this.#say(client, startedAt);
    this.#flush();
    let now = startedAt;
    let lastLook = startedAt;
    const turn = this.#receiver();
    while (this.#clients.ended < clients && now - startedAt < limitMs) {
      now = performance.now();
      turn(now);
      if (now - lastLook < 20) continue;
      lastLook = now;
      this.#repeatSilent(now);
    }
    const seconds = (performance.now() - startedAt) / 1_000;
    const { user, system } = process.cpuUsage(cpuBefore);
    for (const end = now + LINGER_MS; performance.now() < end; ) turn(performance.now());
    this.#libc.close(this.#fd);
    const cpuSeconds = (user + system) / 1_000_000;
    return {
      seconds,
      ok: this.#countWhole(),
      errors: this.#clients.errors,
      repeated: this.#repeated,
      cpuSeconds,
    };
  }

  /** Takes what waits, for at most 10 ms, and answers it. */
  #receiver(): (now: number) => void {
    const ring = new ReceiveRing(this.#libc, { messages: BATCH, messageBytes: 2048, controlBytes: 32 });
    const { firstClient, clients } = this.#options;
    return (now) => {
      const received = ring.receive(this.#fd, MSG_WAITFORONE);
      const count = received.ok ? received.value : 0;
      for (let index = 0; index < count; index += 1) {
        const client = swap32(ring.controlWordAt(index, 6)) - firstClient;
        const bytes = ring.bytesAt(index);
        if (bytes === undefined || client < 0 || client >= clients) continue;
        this.#heardMs[client] = now;
        if (this.#clients.take(client, bytes, ring.portAt(index)) === 'ack') this.#say(client, now);
      }
      this.#flush();
    };
  }

  #repeatSilent(now: number): void {
    for (let client = 0; client < this.#options.clients; client += 1) {
      if (this.#clients.isDone(client) || now - (this.#heardMs[client] ?? 0) < SILENCE_MS) continue;
      this.#clients.repeat(client);
      this.#repeated += 1;
      this.#say(client, now);
    }
    this.#flush();
  }

  /** The request, or an ACK of all that it has. */
  #say(client: number, now: number): void {
    this.#heardMs[client] = now;
    const { port, firstClient } = this.#options;
    const answered = this.#clients.serverPort(client);
    if (!this.#out.hasRoom(1)) this.#flush();
    this.#out.begin(this.#serverName(answered === 0 ? port : answered));
    if (answered === 0) this.#out.piece(this.#requestAt, this.#request.length);
    else this.#out.piece(this.#acksAt + 4 * this.#clients.lastBlock(client), 4);
    // struct cmsghdr (length, level, type), struct in_pktinfo (interface, source address, -).
    this.#out.control([28, 0, IPPROTO_IP, IP_PKTINFO, 0, swap32(firstClient + client), 0], 28);
  }

  #serverName(port: number): Ipv4Name {
    let name = this.#names.get(port);
    if (name === undefined) {
      name = ipv4Name(this.#options.server, port);
      this.#names.set(port, name);
    }
    return name;
  }

  #flush(): void {
    for (let sent = 0; sent < this.#out.count; ) {
      const result = must(this.#out.send(this.#fd, sent, 0), 'sendmmsg');
      sent += result;
    }
    this.#out.clear();
  }

  #countWhole(): number {
    let ok = 0;
    for (let client = 0; client < this.#options.clients; client += 1) {
      const hash = createHash('sha256').update(this.#clients.file(client)).digest('hex');
      if (this.#clients.isDone(client) && hash === this.#options.sha256) ok += 1;
    }
    return ok;
  }
}

function openSocket(libc: Libc): number {
  const fd = must(libc.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), 'socket');
  const timeout = Buffer.alloc(16);
  timeout.writeUInt32LE(10_000, 8);
  must(libc.setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, timeout), 'SO_RCVTIMEO');
  must(libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, encodeInt(BUFFER_BYTES)), 'SO_RCVBUFFORCE');
  must(libc.setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, encodeInt(BUFFER_BYTES)), 'SO_SNDBUFFORCE');
  must(libc.setsockopt(fd, IPPROTO_IP, IP_PKTINFO, encodeInt(1)), 'IP_PKTINFO');
  must(libc.bind(fd, encodeSockaddrIn(NO_ADDRESS, 0)), 'bind');
  return fd;
}

function must(result: CallResult, call: string): number {
  if (!result.ok) throw new Error(`${call}: ${result.code}`);
  return result.value;
}
