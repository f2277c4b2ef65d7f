import { describe, expect, it } from 'vitest';
import { createDhcpListener, type DhcpListenerOptions } from '../../../server/dhcp/listener.ts';
import type { Reply, ReplyDestination } from '../../../server/dhcp/reply.ts';
import type { CallResult } from '../../../server/net/libc.ts';
import { parseIpv4 } from '../../../src/domain/network/ipv4.ts';
import { parseMac } from '../../../src/domain/network/mac.ts';
import { createFakeDhcpSocket } from '../../support/fake-dhcp-socket.ts';
import { createKeptLog } from '../../support/kept-log.ts';
import { must } from '../../support/must.ts';

const ip = (text: string) => must(parseIpv4(text), text);
const mac = must(parseMac('52:54:00:12:34:56'), 'mac');
const EVERYWHERE = ip('255.255.255.255');
const REQUEST = Buffer.from('request');
const broadcast = (text: string): Reply => ({
  bytes: Buffer.from(text),
  destination: { kind: 'broadcast', port: 68 },
});
const BEFORE_ARP: ReplyDestination = { kind: 'unicast-before-arp', ip: ip('10.0.0.9'), mac, port: 68 };

/** Something that the test settles by hand. */
function later<T>() {
  const hand: { resolve(value: T): void; promise: Promise<T> } = {
    resolve: () => undefined,
    promise: Promise.resolve() as never,
  };
  hand.promise = new Promise((resolve) => {
    hand.resolve = resolve;
  });
  return hand;
}

async function listen(
  changes: Partial<DhcpListenerOptions> & Pick<DhcpListenerOptions, 'handle'>,
  packet?: CallResult,
) {
  const socket = createFakeDhcpSocket(packet);
  const log = createKeptLog();
  const listener = createDhcpListener({
    interfaceName: 'eth0',
    serverAddresses: () => [
      { address: ip('192.168.0.1'), prefix: 24 },
      { address: ip('10.0.0.1'), prefix: 24 },
    ],
    open: socket.open,
    log,
    ...changes,
  });
  await listener.start();
  return { socket, log, listener, counters: listener.counters };
}

describe('a DHCP listener', () => {
  it('hands the service the bytes and where they came by', async () => {
    const seen: unknown[] = [];
    const { socket, listener, counters } = await listen({
      handle: async (...given) => {
        seen.push(given);
        return undefined;
      },
    });
    const source = { address: ip('10.0.0.77'), port: 68 };
    socket.receive(REQUEST, source);
    await listener.stop();
    expect(seen).toMatchObject([[REQUEST, { interfaceName: 'eth0', port: 67, source }]]);
    expect(counters).toMatchObject({ received: 1, silent: 1, replied: 0 });
    expect(socket.closed).toBe(true);
  });

  it.each([
    {
      name: 'unicast',
      destination: { kind: 'unicast', address: ip('10.0.0.9'), port: 67 } as const,
      to: { address: ip('10.0.0.9'), port: 67 },
    },
    {
      name: 'broadcast',
      destination: { kind: 'broadcast', port: 68 } as const,
      to: { address: EVERYWHERE, port: 68 },
    },
  ])('sends $name', async ({ destination, to }) => {
    const { socket, listener, counters } = await listen({
      handle: async () => ({ bytes: REQUEST, destination }),
    });
    socket.receive(REQUEST);
    await listener.stop();
    expect(socket.sent).toEqual([{ bytes: REQUEST, to }]);
    expect(counters).toMatchObject({ replied: 1, broadcastInstead: 0 });
  });

  it('sends a frame to a client without an address, from the address of its network', async () => {
    const handle = async () => ({ bytes: REQUEST, destination: BEFORE_ARP });
    const { socket, listener, counters } = await listen({ handle }, { ok: true, value: 1 });
    socket.receive(REQUEST);
    await listener.stop();
    expect(socket.framed).toEqual([
      {
        mac,
        frame: {
          source: { address: ip('10.0.0.1'), port: 67 },
          destination: { address: ip('10.0.0.9'), port: 68 },
          payload: REQUEST,
        },
      },
    ]);
    expect(socket.sent).toEqual([]);
    expect(counters).toMatchObject({ replied: 1, broadcastInstead: 0 });
  });

  it.each([
    { name: 'no packet socket', packet: undefined, addresses: undefined, reason: 'CAP_NET_RAW is missing' },
    {
      name: 'a refused frame',
      packet: { ok: false, code: 'EMSGSIZE' } as const,
      addresses: undefined,
      reason: 'the packet socket refused with EMSGSIZE',
    },
    {
      name: 'no address to send from',
      packet: { ok: true, value: 1 } as const,
      addresses: () => [],
      reason: 'the interface has no address to send from',
    },
  ])('broadcasts instead, and says why: $name', async ({ packet, addresses, reason }) => {
    const handle = async () => ({ bytes: REQUEST, destination: BEFORE_ARP });
    const changes = addresses === undefined ? { handle } : { handle, serverAddresses: addresses };
    const { socket, listener, counters, log } = await listen(changes, packet);
    for (let n = 0; n < 5; n += 1) socket.receive(REQUEST);
    await listener.stop();
    expect(socket.sent).toHaveLength(5);
    expect(socket.sent[0]).toEqual({ bytes: REQUEST, to: { address: EVERYWHERE, port: 68 } });
    expect(counters).toMatchObject({ replied: 5, broadcastInstead: 5 });
    expect(log.lines.map(({ fields }) => fields)).toEqual(
      [1, 2, 4].map((count) => ({ interface: 'eth0', port: 67, reason, count })),
    );
  });
});

describe('a DHCP listener in trouble', () => {
  it.each([
    {
      name: 'thrown at once',
      fault: () => {
        throw new Error('boom');
      },
    },
    { name: 'rejected', fault: () => Promise.reject(new Error('boom')) },
    {
      name: 'no Error at all',
      fault: () => {
        throw undefined;
      },
    },
  ])('counts and logs what the service threw, and serves the next packet: $name', async ({ fault }) => {
    let calls = 0;
    const handle = () => {
      calls += 1;
      return calls === 1 ? fault() : Promise.resolve(broadcast('next'));
    };
    const { socket, listener, counters, log } = await listen({ handle });
    socket.receive(REQUEST);
    socket.receive(REQUEST);
    await listener.stop();
    expect(counters).toMatchObject({ received: 2, failed: 1, replied: 1 });
    expect(log.lines).toMatchObject([{ level: 'error', fields: { interface: 'eth0' } }]);
    expect(socket.sent.map(({ bytes }) => String(bytes))).toEqual(['next']);
  });

  it('counts malformed packets apart and hands them over', async () => {
    const kept: unknown[] = [];
    const { socket, listener, counters, log } = await listen({
      handle: () => Promise.reject(new RangeError('short')),
      isMalformed: (error) => error instanceof RangeError,
      onMalformed: (error, bytes, reception) => kept.push([String(error), bytes, reception.interfaceName]),
    });
    socket.receive(REQUEST);
    await listener.stop();
    expect(counters).toMatchObject({ malformed: 1, failed: 0 });
    expect(kept).toEqual([['RangeError: short', REQUEST, 'eth0']]);
    expect(log.lines).toEqual([]);
  });

  it('survives an onMalformed that fails', async () => {
    const { socket, listener, counters } = await listen({
      handle: () => Promise.reject(new RangeError('short')),
      isMalformed: () => true,
      onMalformed: () => {
        throw new Error('disk full');
      },
    });
    socket.receive(REQUEST);
    await listener.stop();
    expect(counters).toMatchObject({ malformed: 1, failed: 1 });
  });

  it('counts and logs a reply that cannot be sent, and sends the next', async () => {
    const { socket, listener, counters, log } = await listen({ handle: async () => broadcast('reply') });
    socket.sendError = Object.assign(new Error('no route'), { code: 'ENETUNREACH' });
    socket.receive(REQUEST);
    // One round of the event loop: the reply fails before the way is open again.
    await new Promise(setImmediate);
    socket.sendError = undefined;
    socket.receive(REQUEST);
    await listener.stop();
    expect(counters).toMatchObject({ sendFailed: 1, replied: 1 });
    expect(log.lines).toMatchObject([{ level: 'warn', message: 'DHCP reply not sent' }]);
  });

  it('counts socket errors and goes on', async () => {
    const { socket, listener, counters, log } = await listen({ handle: async () => broadcast('reply') });
    socket.fail(new Error('ENETDOWN'));
    socket.receive(REQUEST);
    await listener.stop();
    expect(counters).toMatchObject({ socketErrors: 1, replied: 1 });
    expect(log.lines).toHaveLength(1);
  });

  it('drops the newest beyond the limit, and takes packets again when there is room', async () => {
    const gate = later<Reply | undefined>();
    const { socket, listener, counters, log } = await listen({ handle: () => gate.promise, maxInFlight: 3 });
    for (let n = 0; n < 8; n += 1) socket.receive(REQUEST);
    expect(counters).toMatchObject({ received: 8, dropped: 5 });
    gate.resolve(broadcast('reply'));
    await new Promise(setImmediate);
    expect(counters).toMatchObject({ replied: 3 });
    socket.receive(REQUEST);
    await listener.stop();
    expect(counters).toMatchObject({ received: 9, dropped: 5, replied: 4 });
    expect(log.lines.map(({ fields }) => fields)).toMatchObject(
      [1, 2, 4].map((dropped) => ({ interface: 'eth0', dropped })),
    );
  });

  it('frees the place of a packet that the service never finishes', async () => {
    const { socket, listener, counters } = await listen({
      handle: () => later<undefined>().promise,
      maxInFlight: 1,
      handleTimeoutMs: 1,
    });
    socket.receive(REQUEST);
    await listener.stop();
    expect(counters).toMatchObject({ failed: 1 });
  });
});

describe('starting and stopping a DHCP listener', () => {
  it('lets packets in work reply, and takes no new ones', async () => {
    const gate = later<Reply | undefined>();
    const { socket, listener, counters } = await listen({ handle: () => gate.promise });
    socket.receive(REQUEST);
    const stopped = listener.stop();
    await new Promise(setImmediate);
    socket.receive(REQUEST);
    gate.resolve(broadcast('last'));
    await stopped;
    expect(socket.sent.map(({ bytes }) => String(bytes))).toEqual(['last']);
    expect(counters).toMatchObject({ received: 1, replied: 1 });
    expect(socket.closed).toBe(true);
    expect(listener.socket()).toBeUndefined();
  });

  it('does not wait for ever', async () => {
    const gate = later<Reply | undefined>();
    const { socket, listener, counters } = await listen({ handle: () => gate.promise, drainTimeoutMs: 1 });
    socket.receive(REQUEST);
    await listener.stop();
    expect(socket.closed).toBe(true);
    gate.resolve(broadcast('too late'));
    await new Promise(setImmediate);
    expect(counters).toMatchObject({ sendFailed: 1, replied: 0 });
  });

  it('rejects with the refusal, and may be tried again', async () => {
    const socket = createFakeDhcpSocket();
    let tries = 0;
    const { listener } = await listen({
      handle: async () => undefined,
      open: (handlers) => {
        tries += 1;
        return tries === 2 ? Promise.reject(new Error('EADDRINUSE')) : socket.open(handlers);
      },
    });
    await expect(listener.start()).rejects.toThrow('started already');
    await listener.stop();
    await listener.stop();
    await expect(listener.start()).rejects.toThrow('EADDRINUSE');
    await listener.start();
    expect(listener.socket()?.kind).toBe('device');
    await listener.stop();
  });

  it('is named after its interface, and its port where that is not the usual one', async () => {
    const usual = await listen({ handle: async () => undefined });
    const pxe = await listen({ handle: async () => undefined, port: 4011 });
    expect([usual.listener.name, pxe.listener.name]).toEqual(['dhcp eth0', 'dhcp eth0 4011']);
  });
});
