import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { PortRefused } from '../../../server/listeners/listener.ts';
import type { Endpoint } from '../../../server/net/datagram.ts';
import type { TftpEvent } from '../../../server/tftp/events.ts';
import {
  createTftpListener,
  type TftpFile,
  type TftpLimits,
  type TftpListenerOptions,
} from '../../../server/tftp/listener.ts';
import { decodePacket, encodePacket, type TftpPacket } from '../../../src/tftp/packet.ts';
import { FakeDatagrams } from '../../support/fake-datagram.ts';
import { FakeTimers } from '../../support/fake-timers.ts';

const SERVER: Endpoint = { address: '10.0.0.1', port: 69 };
const CLIENT: Endpoint = { address: '10.0.0.11', port: 2070 };
const STRANGER: Endpoint = { address: '10.0.0.99', port: 2070 };
const FILES = new Map([
  ['boot/grub.efi', Buffer.alloc(700, 'g')],
  ['text.cfg', Buffer.from('a\nb\n')],
  ['large', Buffer.alloc(5_000)],
]);

/** A listener on fakes, and the words of everything that it does. */
class Bench {
  readonly net = new FakeDatagrams();
  readonly timers = new FakeTimers();
  readonly events: TftpEvent[] = [];
  readonly logged: string[] = [];
  readonly asked: string[] = [];
  readonly listener;

  constructor(more: Partial<TftpListenerOptions> = {}, limits: Partial<TftpLimits> = {}) {
    this.listener = createTftpListener({
      listen: SERVER,
      find: async ({ name }) => {
        this.asked.push(name);
        return file(name);
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
    const bench = new Bench(more, limits);
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

function file(name: string): TftpFile | undefined {
  const bytes = FILES.get(name);
  return bytes === undefined ? undefined : { name, bytes };
}

function rrq(name: string, options: Record<string, string> = {}, mode = 'octet'): TftpPacket {
  const list = Object.entries(options).map(([option, value]) => ({ name: option, value }));
  return { type: 'rrq', name, mode, options: list };
}

const ack = (block: number): TftpPacket => ({ type: 'ack', block });

describe('a request', () => {
  test('is served from a port of its own on the address that was asked, to the end', async () => {
    const bench = await Bench.started();
    expect(await bench.tell(rrq('/boot\\grub.efi\xff'))).toEqual(['DATA 1']);
    expect(bench.asked).toEqual(['boot/grub.efi']);
    const transfer = bench.transferPort();
    expect(transfer.address).toBe(SERVER.address);
    expect(transfer.port).not.toBe(SERVER.port);
    bench.timers.nowMs = 5;
    expect(await bench.tell(ack(1), CLIENT, transfer)).toEqual(['DATA 2']);
    bench.timers.nowMs = 12;
    expect(await bench.tell(ack(2), CLIENT, transfer)).toEqual([]);
    const about = { client: CLIENT, name: 'boot/grub.efi' };
    expect(bench.events).toEqual([
      { type: 'request', ...about },
      { type: 'complete', ...about, bytes: 700, ms: 12, blockBytes: 512, windowBlocks: 1, resentBlocks: 0 },
    ]);
    expect(bench.net.ports).toEqual(['10.0.0.1:69']);
    expect(bench.timers.waiting).toBe(0);
  });

  test('gets its options clamped to the limits', async () => {
    const bench = await Bench.started({}, { blockBytes: 600, windowBlocks: 2 });
    const request = rrq('boot/grub.efi', { blksize: '1468', windowsize: '8', tsize: '0' });
    bench.net.deliver(encodePacket(request), CLIENT, SERVER);
    await nextTurn();
    const [sent] = bench.net.takeSent();
    expect(sent && decodePacket(sent.bytes)).toEqual({
      type: 'oack',
      options: [
        { name: 'blksize', value: '600' },
        { name: 'windowsize', value: '2' },
        { name: 'tsize', value: '700' },
      ],
    });
    expect(await bench.tell(ack(0), CLIENT, bench.transferPort())).toEqual(['DATA 1', 'DATA 2']);
  });

  test('in netascii gets the translated text', async () => {
    const bench = await Bench.started();
    bench.net.deliver(encodePacket(rrq('text.cfg', {}, 'NetASCII')), CLIENT, SERVER);
    await nextTurn();
    expect(bench.net.takeSent()[0]?.bytes.toString('latin1')).toBe('\x00\x03\x00\x01a\r\nb\r\n');
  });

  test('for the size alone ends as a probe, and the port is free at once', async () => {
    const bench = await Bench.started();
    expect(await bench.tell(rrq('boot/grub.efi', { tsize: '0' }))).toEqual(['OACK']);
    const abort: TftpPacket = { type: 'error', code: 8, message: 'User aborted the transfer' };
    expect(await bench.tell(abort, CLIENT, bench.transferPort())).toEqual([]);
    expect(bench.events.at(-1)).toEqual({ type: 'probe', client: CLIENT, name: 'boot/grub.efi', bytes: 700 });
    expect(bench.net.ports).toEqual(['10.0.0.1:69']);
    expect(await bench.tell(rrq('boot/grub.efi', { tsize: '0' }))).toEqual(['OACK']);
    expect(bench.logged).toEqual([]);
  });
});

describe('refusals', () => {
  test.for<{ name: string; packet: TftpPacket | Buffer; said: string[]; seen: string[] }>([
    { name: 'an unknown name', packet: rrq('nothing'), said: ['ERROR 1'], seen: ['request', 'not-found'] },
    { name: 'a way up', packet: rrq('../etc/passwd'), said: ['ERROR 2'], seen: ['refused name-traversal'] },
    { name: 'garbage', packet: rrq('\x01\x02'), said: ['ERROR 1'], seen: ['refused name-control-character'] },
    { name: 'no name', packet: rrq(''), said: ['ERROR 1'], seen: ['refused name-empty'] },
    {
      name: 'a write',
      packet: { ...rrq('a'), type: 'wrq' } as TftpPacket,
      said: ['ERROR 2'],
      seen: ['refused write'],
    },
    { name: 'mail', packet: rrq('text.cfg', {}, 'mail'), said: ['ERROR 4'], seen: ['refused mode'] },
    { name: 'too large', packet: rrq('large'), said: ['ERROR 0'], seen: ['request', 'refused too-large'] },
    {
      name: 'too large for netascii',
      packet: rrq('boot/grub.efi', {}, 'netascii'),
      said: ['ERROR 0'],
      seen: ['request', 'refused too-large'],
    },
    {
      name: 'a cut request',
      packet: Buffer.from('\x00\x01name'),
      said: ['ERROR 4'],
      seen: ['refused malformed'],
    },
    { name: 'an empty datagram', packet: Buffer.alloc(0), said: [], seen: [] },
    { name: 'one byte', packet: Buffer.alloc(1), said: [], seen: [] },
    { name: 'an ACK to the listening port', packet: ack(1), said: [], seen: [] },
    { name: 'an ERROR', packet: { type: 'error', code: 4, message: '' }, said: [], seen: [] },
    { name: 'a cut ACK', packet: Buffer.from([0, 4, 0]), said: [], seen: [] },
  ])('$name', async ({ packet, said, seen }) => {
    const bench = await Bench.started({}, { fileBytes: 4_096, netasciiBytes: 100 });
    expect(await bench.tell(packet)).toEqual(said);
    expect(bench.seen()).toEqual(seen);
    expect(bench.net.ports).toEqual(['10.0.0.1:69']);
  });

  test('a datagram from port 0, where nobody can be answered, is passed over', async () => {
    const bench = await Bench.started();
    expect(await bench.tell(rrq('nothing'), { address: CLIENT.address, port: 0 })).toEqual([]);
    expect(bench.asked).toEqual([]);
  });

  test('a look-up that fails is told as an internal error, in detail only to us', async () => {
    const bench = await Bench.started({ find: () => Promise.reject(new Error('disk I/O error')) });
    bench.net.deliver(encodePacket(rrq('a')), CLIENT, SERVER);
    await nextTurn();
    expect(bench.net.takeSent()[0]?.bytes.toString()).toContain('internal error');
    expect(bench.events.at(-1)).toMatchObject({ reason: 'lookup-failed', detail: 'disk I/O error' });
  });

  test('no socket to be had: the client hears it, and the place is free', async () => {
    const bench = await Bench.started();
    bench.net.bindRefusal = 'EMFILE';
    expect(await bench.tell(rrq('text.cfg'))).toEqual(['ERROR 0']);
    expect(bench.seen()).toEqual(['request', 'refused no-socket']);
    bench.net.bindRefusal = undefined;
    expect(await bench.tell(rrq('text.cfg'))).toEqual(['DATA 1']);
  });

  test('an event that cannot be recorded does not stop the service', async () => {
    const bench = await Bench.started({
      onEvent: () => {
        throw new Error('database is locked');
      },
    });
    expect(await bench.tell(rrq('text.cfg'))).toEqual(['DATA 1']);
    expect(bench.logged).toEqual(['tftp: an event could not be recorded']);
  });
});

describe('places', () => {
  const from = (host: number, port: number): Endpoint => ({ address: `10.0.0.${host}`, port });

  test('are limited for each client; who finds none gets no answer and asks again', async () => {
    const bench = await Bench.started({}, { sessionsPerClient: 2 });
    await bench.tell(rrq('text.cfg'), from(11, 1));
    await bench.tell(rrq('text.cfg'), from(11, 2));
    expect(await bench.tell(rrq('text.cfg'), from(11, 3))).toEqual([]);
    expect(bench.seen().at(-1)).toBe('refused busy');
    expect(await bench.tell(rrq('text.cfg'), from(12, 3))).toEqual(['DATA 1 to 10.0.0.12']);
  });

  test('are limited in all, and are given back', async () => {
    const bench = await Bench.started({}, { sessions: 1 });
    await bench.tell(rrq('text.cfg'), from(11, 1));
    const transfer = bench.transferPort();
    expect(await bench.tell(rrq('text.cfg'), from(12, 1))).toEqual([]);
    await bench.tell(ack(1), from(11, 1), transfer);
    expect(await bench.tell(rrq('text.cfg'), from(12, 1))).toEqual(['DATA 1 to 10.0.0.12']);
  });

  test('are given back by every way out', async () => {
    const bench = await Bench.started({}, { sessions: 1, sessionsPerClient: 1, fileBytes: 4_096 });
    for (const name of ['nothing', 'large', 'nothing', 'large']) await bench.tell(rrq(name));
    await bench.tell(rrq('text.cfg'));
    await bench.tell({ type: 'error', code: 3, message: 'full' }, CLIENT, bench.transferPort());
    expect(await bench.tell(rrq('text.cfg'))).toEqual(['DATA 1']);
    bench.timers.advance(30_000);
    bench.said();
    expect(bench.seen().slice(-2)).toEqual(['request', 'aborted no-answer']);
    expect(await bench.tell(rrq('text.cfg'))).toEqual(['DATA 1']);
  });
});

describe('the same client port asks again', () => {
  test('the same, before it has answered: the first packet again, no second transfer', async () => {
    const bench = await Bench.started();
    await bench.tell(rrq('boot/grub.efi', { tsize: '0' }));
    const ports = bench.net.ports.length;
    expect(await bench.tell(rrq('boot/grub.efi', { tsize: '0' }))).toEqual(['OACK']);
    expect(bench.net.ports).toHaveLength(ports);
    expect(bench.seen()).toEqual(['request']);
  });

  test('the same, while data flows: a late copy, passed over', async () => {
    const bench = await Bench.started();
    await bench.tell(rrq('boot/grub.efi'));
    const transfer = bench.transferPort();
    await bench.tell(ack(1), CLIENT, transfer);
    bench.timers.nowMs = 50;
    expect(await bench.tell(rrq('boot/grub.efi'))).toEqual([]);
    await bench.tell(ack(2), CLIENT, transfer);
    expect(bench.seen()).toEqual(['request', 'complete']);
  });

  test('the same, after a silence: a machine that was reset starts over; the old transfer says nothing', async () => {
    const bench = await Bench.started();
    await bench.tell(rrq('boot/grub.efi'));
    const old = bench.transferPort();
    await bench.tell(ack(1), CLIENT, old);
    bench.timers.nowMs = 5_000;
    expect(await bench.tell(rrq('boot/grub.efi'))).toEqual(['DATA 1']);
    expect(bench.transferPort()).not.toEqual(old);
    expect(bench.events[1]).toMatchObject({ type: 'aborted', ackedBytes: 512, totalBytes: 700 });
    expect(bench.seen()).toEqual(['request', 'aborted superseded', 'request']);
    expect(bench.net.ports).toHaveLength(2);
  });

  test('something else: the new wish counts at once', async () => {
    const bench = await Bench.started();
    await bench.tell(rrq('boot/grub.efi', { tsize: '0' }));
    expect(await bench.tell(rrq('text.cfg'))).toEqual(['DATA 1']);
    expect(bench.seen()).toEqual(['request', 'aborted superseded', 'request']);
  });

  test('something else while the first is being looked up: only the second is answered', async () => {
    const answers: ((file: TftpFile | undefined) => void)[] = [];
    const bench = await Bench.started({ find: () => new Promise((resolve) => answers.push(resolve)) });
    await bench.tell(rrq('boot/grub.efi'));
    await bench.tell(rrq('boot/grub.efi'));
    await bench.tell(rrq('text.cfg'));
    expect(answers).toHaveLength(2);
    answers[0]?.(file('boot/grub.efi'));
    answers[1]?.(file('text.cfg'));
    await nextTurn();
    expect(bench.said()).toEqual(['DATA 1']);
    expect(bench.net.ports).toHaveLength(2);
  });
});

describe('packets to a transfer', () => {
  test('from a stranger get ERROR 5 and do not disturb (RFC 1350 §4)', async () => {
    const bench = await Bench.started();
    await bench.tell(rrq('boot/grub.efi'));
    const transfer = bench.transferPort();
    expect(await bench.tell(ack(1), STRANGER, transfer)).toEqual(['ERROR 5 to 10.0.0.99']);
    const otherPort = { ...CLIENT, port: 2071 };
    expect(await bench.tell(ack(1), otherPort, transfer)).toEqual(['ERROR 5']);
    const error: TftpPacket = { type: 'error', code: 0, message: 'die' };
    expect(await bench.tell(error, STRANGER, transfer)).toEqual([]);
    expect(await bench.tell(Buffer.alloc(1), STRANGER, transfer)).toEqual([]);
    expect(await bench.tell(ack(1), CLIENT, transfer)).toEqual(['DATA 2']);
  });

  test('that are none, from the client itself, are passed over', async () => {
    const bench = await Bench.started();
    await bench.tell(rrq('boot/grub.efi'));
    const transfer = bench.transferPort();
    const data: TftpPacket = { type: 'data', block: 1, payload: Buffer.alloc(1) };
    for (const packet of [Buffer.alloc(0), Buffer.alloc(1), Buffer.from([0, 4]), data, rrq('a')])
      expect(await bench.tell(packet, CLIENT, transfer)).toEqual([]);
    expect(await bench.tell(ack(1), CLIENT, transfer)).toEqual(['DATA 2']);
  });

  test('that cannot be sent count as lost, and the end says why', async () => {
    const bench = await Bench.started();
    bench.net.sendFailure = 'send EMSGSIZE';
    await bench.tell(rrq('boot/grub.efi'));
    bench.timers.advance(30_000);
    expect(bench.events.at(-1)).toMatchObject({
      type: 'aborted',
      reason: 'no-answer',
      detail: 'no answer for 30 s after block 0 of 2; sending failed: send EMSGSIZE',
    });
  });

  test('a client that is gone is tried five more times in 30 s, then left', async () => {
    const bench = await Bench.started();
    await bench.tell(rrq('boot/grub.efi'));
    bench.timers.advance(60_000);
    expect(bench.said()).toEqual(Array(5).fill('DATA 1'));
    expect(bench.seen()).toEqual(['request', 'aborted no-answer']);
    expect(bench.timers.waiting).toBe(0);
  });
});

describe('start and stop', () => {
  test('stop ends transfers with a word, frees every port, and may come twice or first', async () => {
    const bench = new Bench();
    await bench.listener.stop();
    await bench.listener.start();
    await bench.tell(rrq('boot/grub.efi'));
    await bench.listener.stop();
    await bench.listener.stop();
    expect(bench.said()).toEqual(['ERROR 0']);
    expect(bench.seen()).toEqual(['request', 'aborted stopping']);
    expect(bench.net.ports).toEqual([]);
    expect(bench.timers.waiting).toBe(0);
    await bench.listener.start();
    expect(await bench.tell(rrq('text.cfg'))).toEqual(['DATA 1']);
  });

  test('stop while a file is looked up: no answer afterwards', async () => {
    const answers: ((file: TftpFile | undefined) => void)[] = [];
    const bench = await Bench.started({ find: () => new Promise((resolve) => answers.push(resolve)) });
    await bench.tell(rrq('text.cfg'));
    await bench.listener.stop();
    answers[0]?.(file('text.cfg'));
    await nextTurn();
    expect(bench.said()).toEqual([]);
    expect(bench.net.ports).toEqual([]);
  });

  test('a port that cannot be had says what to do', async () => {
    const bench = new Bench();
    bench.net.bindRefusal = 'EACCES';
    const refusal = await bench.listener.start().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(PortRefused);
    expect(refusal).toMatchObject({ cause: 'EACCES', wanted: { port: 69, protocol: 'udp' } });
    bench.net.bindRefusal = undefined;
    await bench.listener.start();
    await expect(bench.listener.start()).rejects.toThrow('is running');
  });

  test.for([{ blockBytes: 7 }, { blockBytes: 65_465 }, { windowBlocks: 0 }, { windowBlocks: 65 }])(
    'limits that no transfer can keep are refused: %o',
    (limits) => {
      expect(() => new Bench({}, limits)).toThrow(RangeError);
    },
  );
});
