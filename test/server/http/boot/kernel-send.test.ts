import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readlinkSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileCache } from '../../../../server/file-cache.ts';
import { createFileSender, type Sent } from '../../../../server/http/boot/send-file.ts';
import type { HttpApp } from '../../../../server/http/http-listener.ts';
import { type Libc, loadLibc } from '../../../../server/net/libc.ts';
import { createKernelSender } from '../../../../server/net/send-file.ts';
import { openFileApp } from '../../../support/file-app.ts';

const loaded = await loadLibc();
const MIB = 1024 * 1024;
const BYTES = randomBytes(24 * MIB + 123);
const SHA = sha(BYTES);

function sha(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

let folder: string;
let path: string;
let app: HttpApp;
let byKernel: number;
let onSent: (sent: Sent) => void;
/** Runs before each call of sendfile. */
let before: () => Promise<void> | void;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'provision-kernel-'));
  path = join(folder, 'file');
  writeFileSync(path, BYTES);
  byKernel = 0;
  onSent = () => {};
  before = () => {};
  if (!loaded.ok) return;
  const { libc } = loaded;
  const watched: Libc = {
    ...libc,
    async sendfileLater(...call) {
      await before();
      const went = await libc.sendfileLater(...call);
      byKernel += Math.max(0, went);
      return went;
    },
  };
  app = openFileApp(
    createFileSender(createFileCache(0)),
    () => path,
    (sent) => onSent(sent),
    {},
    { kernel: createKernelSender(watched) },
  );
  await app.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  app?.server.closeAllConnections();
  await app?.close();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (more = '') => `GET /file HTTP/1.1\r\nhost: x\r\n${more}\r\n`;

function dial(text: string): Socket {
  const { port } = app.server.address() as AddressInfo;
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => {});
  socket.write(text);
  return socket;
}

/** Everything that comes until the connection ends. */
function all(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => socket.on('close', () => resolve(Buffer.concat(chunks))));
}

function bodyOf(said: Buffer): Buffer {
  return said.subarray(said.indexOf('\r\n\r\n') + 4);
}

const told = () =>
  new Promise<Sent>((resolve) => {
    onSent = resolve;
  });

/** Sockets and the served file among the descriptors of this process. */
function descriptors(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      const name = readlinkSync(`/proc/self/fd/${fd}`);
      return name.startsWith('socket:') || name === path;
    } catch {
      return false;
    }
  }).length;
}

describe.runIf(loaded.ok)('a file that the kernel sends', () => {
  it('comes whole, and the kernel has sent the most of it', async () => {
    const sent = told();
    const said = await all(dial(ask('connection: close\r\n')));
    expect(sha(bodyOf(said))).toBe(SHA);
    expect(byKernel).toBeGreaterThan(BYTES.length / 4);
    expect(await sent).toMatchObject({ bytes: BYTES.length, total: BYTES.length });
  });

  it('comes in parts, one after the other on one connection, and something else after them', async () => {
    const [middle, end] = [5 * MIB + 7, 20 * MIB];
    const parts = [`0-${middle - 1}`, `${middle}-${end - 1}`, `${end}-`];
    const socket = dial(ask(`range: bytes=${parts[0]}\r\n`));
    const got: Buffer[] = [];
    for (const next of [parts[1], parts[2], undefined]) {
      got.push(await body(socket));
      if (next !== undefined) socket.write(ask(`range: bytes=${next}\r\n`));
    }
    expect(sha(Buffer.concat(got))).toBe(SHA);
    socket.write('HEAD /file HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    expect((await all(socket)).toString()).toContain(`content-length: ${BYTES.length}`);
  });

  it('comes to machines that read slowly, while others go away in the middle', async () => {
    const idle = descriptors();
    let left = 0;
    const gone = new Promise<void>((resolve) => {
      onSent = () => {
        left += 1;
        if (left === 40) resolve();
      };
    });
    const stayed = Array.from({ length: 10 }, (_, index) => {
      const socket = dial(ask('connection: close\r\n'));
      const said = all(socket);
      let read = 0;
      socket.on('data', (chunk: Buffer) => {
        read += chunk.length;
        if (read % 7 !== index % 7) return;
        socket.pause();
        setImmediate(() => socket.resume());
      });
      return said;
    });
    for (let index = 0; index < 30; index += 1) {
      const socket = dial(ask());
      let read = 0;
      socket.on('data', (chunk: Buffer) => {
        read += chunk.length;
        if (read < index * 600_000) return;
        if (index % 2 === 0) socket.resetAndDestroy();
        else socket.destroy();
      });
    }
    for (const said of await Promise.all(stayed)) expect(sha(bodyOf(said))).toBe(SHA);
    await gone;
    while (descriptors() > idle) await new Promise((resolve) => setImmediate(resolve));
  });

  it('is closed by its own descriptor: a call that is late hits no other machine', async () => {
    let reached = () => {};
    const inCall = new Promise<void>((resolve) => {
      reached = resolve;
    });
    let goOn = () => {};
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    before = () => {
      reached();
      return gate;
    };
    const sent = told();
    const first = dial(ask());
    const firstSaid = all(first);
    await inCall;
    first.destroy();
    await firstSaid;
    app.server.closeAllConnections();
    // Connections that come now get the number that Node's own descriptor of the first one had.
    const others = Array.from({ length: 20 }, () => dial('GET /none HTTP/1.1\r\nhost: x\r\n\r\n'));
    await Promise.all(others.map((other) => new Promise((resolve) => other.once('readable', resolve))));
    goOn();
    expect((await sent).bytes).toBeLessThan(BYTES.length);
    for (const other of others) {
      other.write('GET /last HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
      expect((await all(other)).toString('latin1')).toMatch(
        /^HTTP[^{]*\{[^}]*none"\}HTTP[^{]*\{[^}]*last"\}$/,
      );
    }
  });

  it('that became shorter meanwhile ends the connection', async () => {
    before = () => truncateSync(path, MIB);
    const sent = told();
    const said = await all(dial(ask()));
    expect(bodyOf(said).length).toBeLessThanOrEqual(MIB);
    expect((await sent).bytes).toBeLessThanOrEqual(MIB);
  });

  it('ends when the service closes all connections', async () => {
    const socket = dial(ask());
    const sent = told();
    await new Promise((resolve) => socket.once('readable', resolve));
    app.server.closeAllConnections();
    expect((await sent).bytes).toBeLessThan(BYTES.length);
  });
});

/** Reads one answer by its length; what belongs to it is all that comes. */
function body(socket: Socket): Promise<Buffer> {
  return new Promise((resolve) => {
    let said = Buffer.alloc(0);
    const chunks: Buffer[] = [];
    let size = 0;
    let wanted: number | undefined;
    const onData = (chunk: Buffer): void => {
      chunks.push(chunk);
      size += chunk.length;
      if (wanted === undefined) {
        said = Buffer.concat(chunks);
        const end = said.indexOf('\r\n\r\n');
        if (end === -1) return;
        wanted = end + 4 + Number(/content-length: (\d+)/.exec(said.toString('latin1', 0, end))?.[1]);
      }
      if (size < wanted) return;
      socket.off('data', onData);
      resolve(bodyOf(Buffer.concat(chunks)));
    };
    socket.on('data', onData);
  });
}
