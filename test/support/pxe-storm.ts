import { createSocket, type Socket } from 'node:dgram';
import {
  formatIpv4,
  type Ipv4,
  LIMITED_BROADCAST,
  NO_ADDRESS,
  parseIpv4,
} from '../../src/domain/network/ipv4.ts';
import { must } from './must.ts';
import { macOfPacket, type PxePackets, pxePackets, readPxeReply } from './pxe-machines.ts';

/** Many PXE machines from DISCOVER to ACK by one socket. */
export interface PxeStormOptions {
  /**
   * `relay`: as a relay with this address sends them to `server`, by unicast both ways. `link`: as they come from the
   * machines' own link, broadcast both ways; the network namespace needs a route for 255.255.255.255 then.
   */
  readonly link:
    | { readonly kind: 'relay'; readonly address: string; readonly server: string }
    | { readonly kind: 'link' };
  /** The MAC of the first machine as a number of 48 bits; each further one is one higher. */
  readonly firstMac: number;
  readonly machines: number;
  /** Exchanges under way at a time; as many as there are machines: all of them in the same instant. */
  readonly window: number;
  /** Exchanges begun a second, spread evenly, whatever the server does; absent: whenever the window has room. */
  readonly perSecond?: number;
  /** Machine n must get this address plus n; absent for dynamic ones. */
  readonly firstAddress?: string;
  /** A message is sent again after this, and then each time after twice as long (RFC 2131 §4.1). Default 1,000. */
  readonly retransmitMs?: number;
  /** So often a message is sent before its machine gives up. Default 6. */
  readonly tries?: number;
}

export interface BoundMachine {
  /** 0 to machines - 1. */
  readonly index: number;
  readonly mac: number;
  readonly address: Ipv4;
  /** The whole ACK, for those who go on to boot. Not to be kept: copy what is needed. */
  readonly ack: Buffer;
}

export interface PxeStormReport {
  readonly machines: number;
  readonly bound: number;
  /** Machines that gave up. */
  readonly lost: number;
  readonly retransmissions: number;
  readonly naks: number;
  /** Replies that nobody waited for any more: the second answer to a repeated question. */
  readonly late: number;
  /** Bindings of an address that another machine has been given. */
  readonly shared: number;
  /** Bindings to another address than the expected one. */
  readonly wrong: number;
  readonly seconds: number;
  /** From the first DISCOVER to its OFFER, from the first REQUEST to its ACK. */
  readonly offerMs: Percentiles;
  readonly ackMs: Percentiles;
}

export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Each further try waits twice as long, but no longer than this. */
const LONGEST_WAIT_MS = 16_000;
const LOOK_EVERY_MS = 20;
const PACE_EVERY_MS = 1;

interface Machine {
  readonly index: number;
  asking: 'offer' | 'ack';
  bytes: Buffer;
  tries: number;
  /** When this message was first sent, and when it is to be sent again. */
  sinceMs: number;
  againAtMs: number;
}

/**
 * Plays the storm; resolves when every machine is bound or has given up. `onBound` is called for each as its ACK
 * arrives. Needs port 67 (relay) or 68 (link) of the network namespace that it runs in.
 */
export async function runPxeStorm(
  options: PxeStormOptions,
  onBound: (machine: BoundMachine) => void = () => {},
): Promise<PxeStormReport> {
  const storm = new PxeStorm(options, onBound);
  return storm.run();
}

class PxeStorm {
  readonly #options: PxeStormOptions;
  readonly #onBound: (machine: BoundMachine) => void;
  readonly #packets: PxePackets;
  readonly #socket: Socket;
  readonly #expected: number | undefined;
  readonly #underWay = new Map<number, Machine>();
  readonly #holders = new Map<Ipv4, number>();
  readonly #offerMs: number[] = [];
  readonly #ackMs: number[] = [];
  readonly #counts = { bound: 0, lost: 0, retransmissions: 0, naks: 0, late: 0, shared: 0, wrong: 0 };
  #started = 0;
  #finish: () => void = () => {};

  constructor(options: PxeStormOptions, onBound: (machine: BoundMachine) => void) {
    this.#options = options;
    this.#onBound = onBound;
    const { link, firstAddress } = options;
    this.#packets = pxePackets(
      link.kind === 'relay' ? must(parseIpv4(link.address), 'the relay') : NO_ADDRESS,
    );
    this.#expected = firstAddress === undefined ? undefined : must(parseIpv4(firstAddress), 'an address');
    // No name is ever looked up, so that a packet leaves within the call.
    this.#socket = createSocket({ type: 'udp4', lookup: (host, _, done) => done(null, host, 4) });
  }

  async run(): Promise<PxeStormReport> {
    const { link, machines, perSecond } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#socket.once('error', reject);
      // A broadcast is heard only by a socket that is bound to no address.
      const bound = link.kind === 'relay' ? { port: 67, address: link.address } : { port: 68 };
      this.#socket.bind(bound, resolve);
    });
    // The generator's own queue must not be what loses replies.
    this.#socket.setRecvBufferSize(4 << 20);
    this.#socket.setBroadcast(true);
    this.#socket.on('message', (bytes) => this.#receive(bytes));
    // A server that is gone for a moment is one of the things that a storm may meet.
    this.#socket.on('error', () => {});
    const startedAt = performance.now();
    const timers = [setInterval(() => this.#repeat(), LOOK_EVERY_MS)];
    await new Promise<void>((resolve) => {
      this.#finish = resolve;
      if (perSecond === undefined) this.#startNext();
      else timers.push(setInterval(() => this.#startNext(startedAt, perSecond), PACE_EVERY_MS));
    });
    for (const timer of timers) clearInterval(timer);
    const seconds = (performance.now() - startedAt) / 1000;
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
    const times = { offerMs: percentilesOf(this.#offerMs), ackMs: percentilesOf(this.#ackMs) };
    return { machines, ...this.#counts, seconds, ...times };
  }

  #goOn(): void {
    // With a pace, the clock starts the next one.
    if (this.#options.perSecond === undefined) this.#startNext();
  }

  /** Starts whom the window has room for, and whose turn it is where there is a pace. */
  #startNext(startedAt = 0, perSecond = Number.POSITIVE_INFINITY): void {
    const { window, machines } = this.#options;
    const due = ((performance.now() - startedAt) * perSecond) / 1000;
    while (this.#started < Math.min(machines, due) && this.#underWay.size < window) {
      this.#discover(this.#started);
      this.#started += 1;
    }
    if (this.#started === machines && this.#underWay.size === 0) this.#finish();
  }

  #discover(index: number): void {
    this.#ask(index, 'offer', this.#packets.discover(this.#options.firstMac + index, index));
  }

  #ask(index: number, asking: Machine['asking'], bytes: Buffer): void {
    const sinceMs = performance.now();
    const againAtMs = sinceMs + (this.#options.retransmitMs ?? 1000);
    this.#underWay.set(index, { index, asking, bytes, tries: 1, sinceMs, againAtMs });
    this.#send(bytes);
  }

  #send(bytes: Buffer): void {
    const { link } = this.#options;
    // Bound to no address, the limited broadcast leaves by the only interface that has a route for it.
    const to = link.kind === 'relay' ? link.server : formatIpv4(LIMITED_BROADCAST);
    this.#socket.send(bytes, 67, to, () => {});
  }

  #receive(bytes: Buffer): void {
    const reply = readPxeReply(bytes);
    if (reply === undefined || macOfPacket(bytes) !== this.#options.firstMac + reply.xid) return;
    const machine = this.#underWay.get(reply.xid);
    if (machine === undefined || (reply.type === 'offer') !== (machine.asking === 'offer')) {
      this.#counts.late += 1;
      return;
    }
    const tookMs = performance.now() - machine.sinceMs;
    const { index } = machine;
    if (reply.type === 'offer') {
      this.#offerMs.push(tookMs);
      this.#ask(index, 'ack', this.#packets.request(this.#options.firstMac + index, index, reply));
    } else if (reply.type === 'nak') {
      this.#counts.naks += 1;
      this.#discover(index);
    } else {
      this.#ackMs.push(tookMs);
      this.#bind(index, reply.address, bytes);
    }
  }

  #bind(index: number, address: Ipv4, ack: Buffer): void {
    this.#underWay.delete(index);
    const holder = this.#holders.get(address) ?? index;
    if (holder !== index) this.#counts.shared += 1;
    this.#holders.set(address, index);
    if (this.#expected !== undefined && address !== this.#expected + index) this.#counts.wrong += 1;
    this.#counts.bound += 1;
    this.#onBound({ index, mac: this.#options.firstMac + index, address, ack });
    this.#goOn();
  }

  #repeat(): void {
    const { retransmitMs = 1000, tries = 6 } = this.#options;
    const nowMs = performance.now();
    for (const machine of [...this.#underWay.values()]) {
      if (machine.againAtMs > nowMs) continue;
      if (machine.tries === tries) {
        this.#counts.lost += 1;
        this.#underWay.delete(machine.index);
        this.#goOn();
        continue;
      }
      machine.againAtMs = nowMs + Math.min(LONGEST_WAIT_MS, retransmitMs * 2 ** machine.tries);
      machine.tries += 1;
      this.#counts.retransmissions += 1;
      this.#send(machine.bytes);
    }
  }
}

function percentilesOf(figures: readonly number[]): Percentiles {
  const sorted = [...figures].sort((a, b) => a - b);
  // The nearest rank: a figure that was measured, never one between two.
  const at = (part: number) => sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}
