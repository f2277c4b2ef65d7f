import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileCache } from '../../../../server/file-cache.ts';
import type { BootHttpLimits } from '../../../../server/http/boot/boot-http.ts';
import { createFileSender, type FileSender, type Sent } from '../../../../server/http/boot/send-file.ts';
import type { HttpApp } from '../../../../server/http/http-listener.ts';
import { openFileApp } from '../../../support/file-app.ts';

const MIB = 1024 * 1024;
const SIZE = 32 * MIB;
const ASK = 'GET /file HTTP/1.1\r\nhost: x\r\n\r\n';

let folder: string;
let path: string;
let app: HttpApp;
let sender: FileSender;
let onSent: (sent: Sent) => void;
const sockets: Socket[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'provision-limits-'));
  path = join(folder, 'file');
  writeFileSync(path, '');
  truncateSync(path, SIZE);
  onSent = () => {};
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  app.server.closeAllConnections();
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(limits: Partial<BootHttpLimits>, cacheBytes = 0) {
  const cache = createFileCache(cacheBytes);
  sender = createFileSender(cache);
  app = openFileApp(
    sender,
    () => path,
    (sent) => onSent(sent),
    limits,
  );
  await app.listen({ host: '127.0.0.1', port: 0 });
  return cache;
}

/** A connection that reads nothing by itself. */
function connectFrom(localAddress = '127.0.0.1'): Socket {
  const { port } = app.server.address() as AddressInfo;
  const socket = connect({ host: '127.0.0.1', port, localAddress });
  socket.on('error', () => {});
  sockets.push(socket);
  return socket;
}

const closed = (socket: Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()));
const answers = (socket: Socket) => new Promise<void>((resolve) => socket.once('readable', () => resolve()));

describe('connections of machines', () => {
  it.each([
    ['that say nothing', ''],
    ['that never end their request', 'GET /file HTTP/1.1\r\nhost: x\r\n'],
  ])('%s are closed', async (_, text) => {
    await open({ headersMs: 100 });
    const socket = connectFrom();
    socket.write(text);
    socket.resume();
    await closed(socket);
  });

  it('are given up when nothing of the answer is taken', async () => {
    await open({ stallMs: 200 });
    const sent = new Promise<Sent>((resolve) => {
      onSent = resolve;
    });
    const socket = connectFrom();
    socket.write(ASK);
    const { bytes, total } = await sent;
    expect(total).toBe(SIZE);
    expect(bytes).toBeLessThan(total);
    expect(sender.bytesInUse()).toBe(0);
  });

  it('have a share for each address, and proxies have none', async () => {
    await open({ maxConnections: 32, isProxy: (address) => address === '127.0.0.9' });
    for (const from of ['127.0.0.1', '127.0.0.2', '127.0.0.9']) {
      const pair = [connectFrom(from), connectFrom(from)];
      for (const socket of pair) socket.write(ASK);
      await Promise.all(pair.map(answers));
    }
    const third = connectFrom('127.0.0.1');
    third.resume();
    await closed(third);
    const ofProxy = connectFrom('127.0.0.9');
    ofProxy.write(ASK);
    await answers(ofProxy);
    // The place of one that has gone is free again.
    const [first] = sockets;
    const atServer = new Promise<void>((resolve) => {
      onSent = () => resolve();
    });
    first?.destroy();
    await atServer;
    const next = connectFrom('127.0.0.1');
    next.write(ASK);
    await answers(next);
  });
});

describe('many machines that read slowly', () => {
  const READERS = 200;

  async function stall(): Promise<void> {
    const readers = Array.from({ length: READERS }, () => connectFrom());
    for (const socket of readers) socket.write(ASK);
    await Promise.all(readers.map(answers));
  }

  async function goAway(): Promise<void> {
    let left = READERS;
    const all = new Promise<void>((resolve) => {
      onSent = () => {
        left -= 1;
        if (left === 0) resolve();
      };
    });
    for (const socket of sockets.splice(0)) socket.destroy();
    await all;
  }

  it('hold a buffer each of a file on the disk, smaller ones the more they are', async () => {
    await open({ maxConnections: 16 * READERS });
    await stall();
    expect(sender.bytesInUse()).toBeGreaterThan(0);
    expect(sender.bytesInUse()).toBeLessThanOrEqual(64 * MIB + READERS * 64 * 1024);
    await goAway();
    expect(sender.bytesInUse()).toBe(0);
  });

  it('hold the file in memory once', async () => {
    const cache = await open({ maxConnections: 16 * READERS }, 2 * SIZE);
    for (let count = 0; count < 2; count++) {
      const whole = connectFrom();
      whole.write('GET /file HTTP/1.1\r\nhost: x\r\nrange: bytes=0-0\r\nconnection: close\r\n\r\n');
      whole.resume();
      await closed(whole);
      await cache.settled();
    }
    await stall();
    expect(cache.bytesInUse()).toBe(SIZE);
    expect(sender.bytesInUse()).toBe(0);
    await goAway();
  });
});
