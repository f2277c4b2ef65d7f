import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { wholeAnswer } from '../../../../server/http/boot/answer.ts';
import { createBootHttp } from '../../../../server/http/boot/boot-http.ts';
import type { Route } from '../../../../server/http/boot/routes.ts';
import type { HttpApp } from '../../../../server/http/http-listener.ts';
import { createLog } from '../../../../server/log.ts';

const LIMITS = { maxConnections: 1000, stallMs: 60_000, isProxy: () => false, headersMs: 60_000 };
const plain = (name: string) => `GET /say/${name} HTTP/1.1\r\nhost: x\r\n\r\n`;
/** The same in words that are left to Node. */
const unusual = (name: string) => `GET /say/${name} HTTP/1.1\r\nhost: x\r\nx-more: 1\r\n\r\n`;

/** All values of a byte, over and over. */
const everyByte = (count: number) => Buffer.from(Array.from({ length: count }, (_, index) => index));

let app: HttpApp;
/** What `/wait` waits for; resolves `asked` when it does. */
let release: () => void;
let asked: Promise<void>;

async function open(limits: Partial<typeof LIMITS> = {}): Promise<void> {
  let tell = () => {};
  asked = new Promise((resolve) => {
    tell = resolve;
  });
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const say = (text: string) => wholeAnswer(200, 'text/plain', `${text}.`);
  const routes: Route[] = [
    route('/say/:name', (name) => say(name)),
    route('/bytes/:name', (count) => wholeAnswer(200, 'application/octet-stream', everyByte(Number(count)))),
    route('/wait/:name', async (name) => {
      tell();
      await gate;
      return say(name);
    }),
  ];
  app = createBootHttp(routes, { ...LIMITS, ...limits }, createLog('silent'), { nowMs: () => 0 });
  await app.listen({ host: '127.0.0.1', port: 0 });
}

function route(path: string, handle: (name: string) => ReturnType<Route['handle']>): Route {
  return {
    methods: ['GET', 'HEAD'],
    path,
    permission: 'machine',
    handle: (_, { name = '' }) => handle(name),
  };
}

function dial(): {
  socket: Socket;
  said: () => string;
  ended: Promise<string>;
  until(end: string): Promise<void>;
} {
  const { port } = app.server.address() as AddressInfo;
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  let said = '';
  let look = () => {};
  socket.setEncoding('latin1');
  socket.on('error', () => {});
  socket.on('data', (text: string) => {
    said += text;
    look();
  });
  const ended = new Promise<string>((resolve) => {
    socket.on('end', () => socket.end());
    socket.on('close', () => resolve(said));
  });
  const until = (end: string) =>
    new Promise<void>((resolve) => {
      look = () => {
        if (said.endsWith(end)) resolve();
      };
      look();
    });
  return { socket, said: () => said, ended, until };
}

/** The bodies, in their order. */
const bodies = (said: string) => [...said.matchAll(/\r\n\r\n(\w+)\./g)].map(([, body]) => body);

afterEach(async () => {
  app.server.closeAllConnections();
  await app.close();
});

it.each([1, 256, 16_000, 16_384, 100_000])('%d bytes of any value arrive as they are', async (count) => {
  await open();
  const { socket, ended } = dial();
  socket.write(`GET /bytes/${count} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
  const said = await ended;
  expect(Buffer.from(said.slice(said.indexOf('\r\n\r\n') + 4), 'latin1')).toEqual(everyByte(count));
});

describe('a connection of a machine', () => {
  it.each([
    ['one after the other', [plain('a'), plain('b'), plain('c')]],
    ['unusual ones in between', [plain('a'), unusual('b'), plain('c')]],
    ['in two halves', [plain('a'), plain('b').slice(0, 30), plain('b').slice(30), plain('c')]],
    ['all in one piece', [plain('a') + plain('b') + unusual('c')]],
  ])('gets its answers in order: %s', async (_, pieces) => {
    await open();
    const { socket, said, until } = dial();
    socket.setNoDelay(true);
    let text = '';
    for (const piece of pieces) {
      socket.write(piece);
      text += piece;
      const done = [...text.matchAll(/say\/(\w)/g)].at(-1)?.[1];
      if (done !== undefined && text.endsWith('\r\n\r\n')) await until(`${done}.`);
      else await new Promise((resolve) => setImmediate(resolve));
    }
    expect(bodies(said())).toEqual(['a', 'b', 'c']);
  });

  it('is told the same by either reader', async () => {
    await open();
    const heads = [];
    for (const ask of [plain, unusual]) {
      const { socket, said, until } = dial();
      socket.write(ask('a'));
      await until('a.');
      heads.push(
        said()
          .toLowerCase()
          .replace(/date: .*/, 'date')
          .split('\r\n')
          .sort(),
      );
      socket.destroy();
    }
    expect(heads[0]).toEqual(heads[1]);
  });

  it('asks for more while an answer is being made, and is answered in order', async () => {
    await open();
    const { socket, until, said } = dial();
    socket.write(plain('a').replace('say', 'wait'));
    await asked;
    socket.write(plain('b'));
    socket.write(unusual('c'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(said()).toBe('');
    release();
    await until('c.');
    expect(bodies(said())).toEqual(['a', 'b', 'c']);
  });

  it('is closed after the answer where it wants to be, or has no more to say', async () => {
    await open();
    const close = dial();
    close.socket.write('GET /say/a HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    expect(await close.ended).toMatch(/connection: close\r\n\r\na\.$/);
    const half = dial();
    half.socket.end(plain('wait').replace('/say/', '/wait/'));
    await asked;
    release();
    expect(bodies(await half.ended)).toEqual(['wait']);
  });

  it('that stops within its second request is closed in time', async () => {
    await open({ headersMs: 200 });
    const { socket, ended, until } = dial();
    socket.write(plain('a'));
    await until('a.');
    socket.write('GET /say/b HTTP/1.1\r\nhost: x\r\n');
    expect(bodies(await ended)).toContain('a');
  });

  it('is closed when the service stops: at once, or after the answer under way', async () => {
    await open();
    const idle = dial();
    idle.socket.write(plain('a'));
    await idle.until('a.');
    const busy = dial();
    busy.socket.write(plain('b').replace('say', 'wait'));
    await asked;
    const closed = app.close();
    await idle.ended;
    release();
    expect(bodies(await busy.ended)).toEqual(['b']);
    await closed;
  });
});
