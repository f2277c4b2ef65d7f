import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { eventStreamSink, formatBeat, openEventStream } from '../../../server/http/event-stream.ts';
import { apiEvent } from '../../support/api-records.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** An answer under way, and the socket of who asked, who reads only when told to. */
async function exchange(): Promise<{ response: ServerResponse; reader: Socket }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const reader = connect(port, '127.0.0.1');
  reader.pause();
  closers.push(() => {
    reader.destroy();
    server.close();
  });
  const asked = once(server, 'request');
  reader.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  const [, response] = (await asked) as [unknown, ServerResponse];
  return { response, reader };
}

const BIG = apiEvent(7, { message: 'x'.repeat(4 * 1024 * 1024) });

it('a reader that takes nothing is dropped after its time, and not before', async () => {
  const { response } = await exchange();
  const sink = eventStreamSink(response, 50);
  expect(await sink.send([BIG, BIG], 8)).toBe(false);
  expect(response.destroyed).toBe(true);
  expect(await sink.send([BIG], 8)).toBe(false);
});

it('a reader that takes it is waited for', async () => {
  const { response, reader } = await exchange();
  const sent = eventStreamSink(response, 60_000).send([BIG], 7);
  reader.resume();
  expect(await sent).toBe(true);
});

it('a reader that goes away is not waited for', async () => {
  const { response, reader } = await exchange();
  const sent = eventStreamSink(response, 60_000).send([BIG, BIG], 7);
  reader.destroy();
  expect(await sent).toBe(false);
});

it('what is written: the place first, events with their ids, and the place past what was not asked for', async () => {
  const { response, reader } = await exchange();
  openEventStream(response, 3);
  const event = apiEvent(5, { message: 'two\nlines' });
  await eventStreamSink(response).send([event], 9);
  response.write(formatBeat(9));
  response.end();
  let text = '';
  for await (const chunk of reader.setEncoding('utf8')) {
    text += chunk;
    if (text.endsWith('0\r\n\r\n')) break;
  }
  const lines = text
    .slice(text.indexOf('retry'))
    .split('\n')
    .filter((line) => /^(retry|id|data|:)/.test(line));
  expect(lines).toEqual([
    'retry: 2000',
    'id: 3',
    'id: 5',
    `data: ${JSON.stringify(event)}`,
    'id: 9',
    ': nothing new',
    'id: 9',
  ]);
});
