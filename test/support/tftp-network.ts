import type { Negotiation } from '../../src/tftp/negotiate.ts';
import { decodePacket, encodePacket } from '../../src/tftp/packet.ts';
import {
  type Step,
  startTransfer,
  step,
  type TransferEnd,
  type TransferEvent,
} from '../../src/tftp/transfer.ts';
import { seededRandom } from './seeded-random.ts';
import { packets } from './tftp-script.ts';

/** What a simulated network does to each packet, both ways; chances 0–1. */
export interface Weather {
  readonly seed: number;
  readonly loss: number;
  readonly duplicates: number;
  /** Chance of a delay of up to 6 ms on top of the 0.2 ms that every packet takes. */
  readonly delays: number;
}

export interface Outcome {
  readonly received: Buffer;
  readonly end: TransferEnd | undefined;
  readonly dataPackets: number;
  readonly ms: number;
}

/** How a client takes a block that it does not expect. */
export type ClientHabit = 'acks-every-stray' | 'acks-first-stray' | 'ignores-strays';

interface Packet {
  readonly at: number;
  readonly toServer: boolean;
  readonly bytes: Buffer;
}

/** A client by the letter of RFC 1350, RFC 2347 and RFC 7440 §4, that stays for a while after its last ACK. */
class Receiver {
  readonly #blocks: Buffer[] = [];
  readonly #agreed: Negotiation;
  readonly #habit: ClientHabit;
  #sinceAck = 0;
  #strayAcked = false;
  #complete = false;
  #started = false;

  constructor(agreed: Negotiation, habit: ClientHabit) {
    this.#agreed = agreed;
    this.#habit = habit;
  }

  get received(): Buffer {
    return this.#complete ? Buffer.concat(this.#blocks) : Buffer.from('incomplete');
  }

  get complete(): boolean {
    return this.#complete;
  }

  /** The answer to a packet, if it gets one. */
  take(bytes: Buffer): Buffer | undefined {
    const packet = decodePacket(bytes);
    this.#started = true;
    if (packet.type === 'oack') return this.#blocks.length === 0 ? this.#ack() : undefined;
    if (packet.type !== 'data') throw new Error(`the server sent ${packet.type}`);
    if (this.#complete || packet.block !== ((this.#blocks.length + 1) & 0xffff)) return this.#stray();
    this.#blocks.push(packet.payload);
    this.#sinceAck += 1;
    this.#strayAcked = false;
    this.#complete = packet.payload.length < this.#agreed.blockBytes;
    return this.#complete || this.#sinceAck === this.#agreed.windowBlocks ? this.#ack() : undefined;
  }

  /** What it says after a silence: its last ACK again; undefined is the request again. */
  afterSilence(): Buffer | undefined {
    return this.#started ? this.#ack() : undefined;
  }

  #stray(): Buffer | undefined {
    // In lock step and after the end, a stray is a block seen before: RFC 1350 §2 has it acknowledged again.
    const always = this.#habit === 'acks-every-stray' || this.#agreed.windowBlocks === 1 || this.#complete;
    const answer = always || (this.#habit === 'acks-first-stray' && !this.#strayAcked);
    this.#strayAcked = true;
    return answer ? this.#ack() : undefined;
  }

  #ack(): Buffer {
    this.#sinceAck = 0;
    return encodePacket({ type: 'ack', block: this.#blocks.length & 0xffff });
  }
}

const CLIENT_SILENCE_MS = 1_500;

/** Runs one transfer through the weather, in simulated time, until the server is done with it. */
export function simulate(file: Buffer, agreed: Negotiation, weather: Weather, habit: ClientHabit): Outcome {
  const random = seededRandom(weather.seed);
  const receiver = new Receiver(agreed, habit);
  const wire: Packet[] = [];
  let nowMs = 0;
  let serverTimerAt = Number.POSITIVE_INFINITY;
  let clientTimerAt = CLIENT_SILENCE_MS;
  let end: TransferEnd | undefined;
  let dataPackets = 0;

  const carry = (bytes: Buffer, toServer: boolean) => {
    for (let copies = random() < weather.duplicates ? 2 : 1; copies > 0; copies -= 1) {
      if (random() < weather.loss) continue;
      const delay = 0.2 + (random() < weather.delays ? random() * 6 : 0);
      const packet = { at: nowMs + delay, toServer, bytes };
      const later = wire.findIndex(({ at }) => at > packet.at);
      wire.splice(later === -1 ? wire.length : later, 0, packet);
    }
  };
  const apply = (taken: Step) => {
    end = taken.end;
    serverTimerAt = taken.state.deadlineMs;
    for (const bytes of taken.send === undefined ? [] : packets(taken.state, taken.send)) {
      if (bytes[1] === 3) dataPackets += 1;
      carry(bytes, false);
    }
    return taken.state;
  };
  let state = apply(startTransfer(file, agreed, nowMs));
  const tell = (event: TransferEvent) => {
    state = apply(step(state, event, nowMs));
  };

  while (end === undefined) {
    const next = wire[0];
    nowMs = Math.min(next?.at ?? Number.POSITIVE_INFINITY, serverTimerAt, clientTimerAt);
    if (next !== undefined && next.at === nowMs) {
      wire.shift();
      if (next.toServer) {
        const packet = decodePacket(next.bytes);
        tell(packet.type === 'ack' ? packet : { type: 'repeat' });
      } else {
        clientTimerAt = nowMs + CLIENT_SILENCE_MS;
        const answer = receiver.take(next.bytes);
        if (answer !== undefined) carry(answer, true);
      }
    } else if (nowMs === serverTimerAt) {
      tell({ type: 'timer' });
    } else {
      clientTimerAt = receiver.complete ? Number.POSITIVE_INFINITY : nowMs + CLIENT_SILENCE_MS;
      carry(receiver.afterSilence() ?? REPEATED_REQUEST, true);
    }
  }
  return { received: receiver.received, end, dataPackets, ms: nowMs };
}

const REPEATED_REQUEST = encodePacket({ type: 'rrq', name: 'file', mode: 'octet', options: [] });
