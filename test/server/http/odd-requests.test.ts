import { type AddressInfo, connect } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildHttpApp } from '../../../server/http/app.ts';
import { createLog } from '../../../server/log.ts';
import { openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';

let world: ServiceWorld;
let app: FastifyInstance;
beforeAll(async () => {
  world = await openServiceWorld();
  const { services, access } = world;
  const log = createLog('silent', { write() {} });
  app = buildHttpApp({ services, access, log, version: '0', root: '.', now: Date.now }, 'token');
  await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await app.close();
  await world.dispose();
});

/** Everything that comes back until the connection is closed from there. */
async function talk(text: string): Promise<string> {
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  let answer = '';
  socket.on('data', (bytes) => {
    answer += bytes.toString();
  });
  // Closed while something was on its way.
  socket.on('error', () => {});
  socket.write(text, 'latin1');
  await new Promise((resolve) => socket.once('close', resolve));
  return answer;
}

const post = (headers: string, body: string): string =>
  `POST /api/v1/setup HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n${headers}\r\n\r\n${body}`;
/** What a proxy in front would take for a body. */
const HIDDEN = 'GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n';

/** A proxy in front and the service must not read two requests where the other reads one: RFC 9112 §6.3, §11.2. */
it.each([
  ['two lengths', post('Content-Length: 2\r\nContent-Length: 40', `{}${HIDDEN}`)],
  ['a length and chunks', post('Content-Length: 5\r\nTransfer-Encoding: chunked', `0\r\n\r\n${HIDDEN}`)],
  ['chunks and a length', post('Transfer-Encoding: chunked\r\nContent-Length: 5', `0\r\n\r\n${HIDDEN}`)],
  ['an encoding behind the chunks', post('Transfer-Encoding: chunked, identity', `0\r\n\r\n${HIDDEN}`)],
  ['an unknown encoding', post('Transfer-Encoding: xchunked', `0\r\n\r\n${HIDDEN}`)],
  ['a space before the colon', post('Transfer-Encoding : chunked', `0\r\n\r\n${HIDDEN}`)],
  ['a length with a sign', post('Content-Length: +2', `{}${HIDDEN}`)],
  ['a length in hex', post('Content-Length: 0x2', `{}${HIDDEN}`)],
  ['a list of lengths', post('Content-Length: 2, 2', `{}${HIDDEN}`)],
  ['a size that is no number', post('Transfer-Encoding: chunked', `zz\r\n{}\r\n${HIDDEN}`)],
  ['a size below 0', post('Transfer-Encoding: chunked', `-2\r\n{}\r\n${HIDDEN}`)],
  ['lines that end without CR', `GET /healthz HTTP/1.1\nHost: here\nContent-Length: 40\n\n${HIDDEN}`],
  [
    'a CR within a header',
    `GET /healthz HTTP/1.1\r\nHost: here\r\nX: a\rContent-Length: 40\r\n\r\n${HIDDEN}`,
  ],
  ['a NUL within a header', `GET /healthz HTTP/1.1\r\nHost: here\r\nX: a\0\r\n\r\n${HIDDEN}`],
  ['no host', `GET /healthz HTTP/1.1\r\n\r\n${HIDDEN}`],
  ['a header too long', `GET /healthz HTTP/1.1\r\nHost: here\r\nX: ${'a'.repeat(100_000)}\r\n\r\n${HIDDEN}`],
  ['the hello of TLS', `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03${HIDDEN}`],
])('a request with %s is refused, and nothing is read behind it', async (_says, text) => {
  const answer = await talk(text);
  expect(answer).toMatch(/^HTTP\/1\.1 4(00|31) /);
  expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
});
