import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildHttpApp } from '../../../server/http/app.ts';
import { createLog } from '../../../server/log.ts';
import { openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';

let world: ServiceWorld;
let app: FastifyInstance;
beforeEach(async () => {
  world = await openServiceWorld();
});
afterEach(async () => {
  await app.close();
  await world.dispose();
});

/** What comes back until the connection is closed; `drip` is said again and again until then. */
async function talk(text: string, drip: string): Promise<string> {
  const { services, access } = world;
  const log = createLog('silent', { write() {} });
  const times = { headersMs: 300, requestMs: 600 };
  app = buildHttpApp({ services, access, log, version: '0', root: '.', now: Date.now, times }, 'token');
  await app.listen({ host: '127.0.0.1', port: 0 });
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  let answer = '';
  socket.on('data', (bytes) => {
    answer += bytes.toString();
  });
  // Closed while something was on its way.
  socket.on('error', () => {});
  socket.write(text);
  const dripping = setInterval(() => socket.write(drip), 50);
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(dripping);
  return answer;
}

const LOGIN = 'POST /login HTTP/1.1\r\nHost: here\r\nContent-Type: application/x-www-form-urlencoded\r\n';

it.each([
  { name: 'nothing', text: '', drip: '' },
  { name: 'headers that never end', text: 'GET /login HTTP/1.1\r\nHost: here\r\nX-More: ', drip: 'a' },
  { name: 'a body that stops', text: `${LOGIN}Content-Length: 4000\r\n\r\nname=`, drip: '' },
  { name: 'a body that drips', text: `${LOGIN}Content-Length: 4000\r\n\r\nname=`, drip: 'a' },
  { name: 'chunks that drip', text: `${LOGIN}Transfer-Encoding: chunked\r\n\r\n`, drip: '1\r\na\r\n' },
])('a caller who sends $name is told that it took too long, and let go', async ({ text, drip }) => {
  expect(await talk(text, drip)).toMatch(/^HTTP\/1\.1 408 /);
});
