import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Endpoint } from '../../server/net/datagram.ts';
import type { TftpEvent } from '../../server/tftp/events.ts';
import type { TftpLimits } from '../../server/tftp/limits.ts';
import { createTftpListener, type TftpListenerOptions } from '../../server/tftp/listener.ts';
import type { TftpFile } from '../../server/tftp/lookup.ts';
import { decodePacket, encodePacket, type TftpPacket } from '../../src/tftp/packet.ts';
import { FakeDatagrams } from './fake-datagram.ts';
import { FakeTimers } from './fake-timers.ts';

export const SERVER: Endpoint = { address: '10.0.0.1', port: 69 };
export const CLIENT: Endpoint = { address: '10.0.0.11', port: 2070 };
const FILES = new Map([
  ['boot/grub.efi', Buffer.alloc(700, 'g')],
  ['text.cfg', Buffer.from('a\nb\n')],
  ['large', Buffer.alloc(5_000)],
]);

/** A listener on fakes, and the words of everything that it does. */
export class TftpBench {
  readonly net = new FakeDatagrams();
  readonly timers = new FakeTimers();
  readonly events: TftpEvent[] = [];
  readonly logged: string[] = [];
  readonly asked: string[] = [];
  readonly listener;

  constructor(more: Partial<TftpListenerOptions> = {}, limits: Partial<TftpLimits> = {}) {
    this.listener = createTftpListener({
      listen: SERVER,
      find: async (name) => {
        this.asked.push(name);
        return file(name) ?? { missing: 'not on the bench' };
      },
      onEvent: (event) => this.events.push(event),
      log: {
        debug: (_fields, message) => this.logged.push(message),
        error: (_fields, message) => this.logged.push(message),
      },
      now: this.timers.now,
      startTimer: this.timers.start,
      bind: this.net.bind,
      limits,
      ...more,
    });
  }

  static async started(more: Partial<TftpListenerOptions> = {}, limits: Partial<TftpLimits> = {}) {
    const bench = new TftpBench(more, limits);
    await bench.listener.start();
    return bench;
  }

  /** Delivers a packet and waits until everything that follows from it has happened. */
  async tell(packet: TftpPacket | Buffer, from = CLIENT, to = SERVER): Promise<string[]> {
    this.net.deliver(Buffer.isBuffer(packet) ? packet : encodePacket(packet), from, to);
    await nextTurn();
    return this.said();
  }

  /** What was sent since the last look: `DATA 1`, `ERROR 1`, with the receiver when it is not the client. */
  said(): string[] {
    return this.net.takeSent().map(({ bytes, to }) => {
      const packet = decodePacket(bytes);
      const words =
        packet.type === 'data' || packet.type === 'ack'
          ? `${packet.type.toUpperCase()} ${packet.block}`
          : packet.type === 'error'
            ? `ERROR ${packet.code}`
            : packet.type.toUpperCase();
      return to.address === CLIENT.address ? words : `${words} to ${to.address}`;
    });
  }

  /** `type`, or `type reason`, of the events since the last look. */
  seen(): string[] {
    return this.events
      .splice(0)
      .map((event) => ('reason' in event ? `${event.type} ${event.reason}` : event.type));
  }

  /** The port of the newest transfer. */
  transferPort(): Endpoint {
    const [address = '', port = ''] = this.net.ports.at(-1)?.split(':') ?? [];
    return { address, port: Number(port) };
  }
}

/** A file that the bench serves by default. */
export function file(name: string): TftpFile | undefined {
  const bytes = FILES.get(name);
  return bytes === undefined ? undefined : { name, bytes };
}

export function rrq(name: string, options: Record<string, string> = {}, mode = 'octet'): TftpPacket {
  const list = Object.entries(options).map(([option, value]) => ({ name: option, value }));
  return { type: 'rrq', name, mode, options: list };
}

export const ack = (block: number): TftpPacket => ({ type: 'ack', block });
