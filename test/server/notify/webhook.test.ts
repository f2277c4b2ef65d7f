import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { postWebhook } from '../../../server/notify/webhook.ts';
import { signWebhook } from '../../../src/domain/access/webhook-signature.ts';

const REQUEST = { body: '{"id":3}', event: 'install.ready', delivery: 3, unixSeconds: 1_795_338_000 };

let server: Server;
let folder: string;
let answer: { status: number; headers?: Record<string, string> } | 'nothing' | 'endless';
let got: { headers: IncomingMessage['headers']; body: string; url: string | undefined }[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'webhook-'));
  writeFileSync(join(folder, 'key'), 'a secret\n');
  writeFileSync(join(folder, 'empty'), '\n');
  got = [];
  answer = { status: 204 };
  server = createServer(async (request, response) => {
    got.push({ headers: request.headers, body: await text(request), url: request.url });
    if (answer === 'endless') response.writeHead(200).write('x'.repeat(64 * 1024));
    else if (answer !== 'nothing') response.writeHead(answer.status, answer.headers).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

const at = (path = '/hook') => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
const post = (more: object = {}, signal = new AbortController().signal) =>
  postWebhook(
    { url: at(), secretFile: join(folder, 'key'), states: [], tries: 3, timeoutSeconds: 10, ...more },
    REQUEST,
    signal,
  );

describe('a webhook', () => {
  it('gets the body, what it is about, and a signature over both body and time', async () => {
    expect(await post()).toEqual({ kind: 'accepted' });
    expect(got).toMatchObject([
      {
        body: REQUEST.body,
        headers: {
          'content-type': 'application/json',
          'provision-event': 'install.ready',
          'provision-delivery': '3',
          'provision-signature': signWebhook('a secret', REQUEST.body, REQUEST.unixSeconds),
        },
      },
    ]);
  });

  it('without a secret is not signed', async () => {
    await post({ secretFile: null });
    expect(got[0]?.headers['provision-signature']).toBeUndefined();
  });

  it.each([
    [500, 'it answered 500 Internal Server Error'],
    [410, 'it answered 410 Gone'],
  ])('that answers %d has refused', async (status, problem) => {
    answer = { status };
    expect(await post()).toEqual({ kind: 'refused', status, problem });
  });

  it('that sends elsewhere is not followed', async () => {
    answer = { status: 307, headers: { location: at('/elsewhere') } };
    expect(await post()).toMatchObject({ kind: 'refused', status: 307 });
    expect(got.map(({ url }) => url)).toEqual(['/hook']);
  });

  it.each([
    ['whose secret file is missing', () => ({ secretFile: join(folder, 'missing') }), /ENOENT/],
    ['whose secret file is empty', () => ({ secretFile: join(folder, 'empty') }), /empty is empty/],
    ['where nobody listens', () => ({ url: 'http://127.0.0.1:1/' }), /ECONNREFUSED|bad port/],
  ])('%s is a problem, in words, and nothing is sent', async (_, more, problem) => {
    expect(await post(more())).toMatchObject({
      kind: 'refused',
      status: null,
      problem: expect.stringMatching(problem),
    });
    expect(got).toEqual([]);
  });

  it('whose answer has no end is read at its beginning only', async () => {
    answer = 'endless';
    expect(await post()).toEqual({ kind: 'accepted' });
  });

  it('that does not answer is given its time', async () => {
    answer = 'nothing';
    expect(await post({ timeoutSeconds: 0.2 })).toMatchObject({ problem: 'no answer within 0.2 s' });
  });

  it('is broken off when the service stops', async () => {
    answer = 'nothing';
    const stopping = new AbortController();
    const posted = post({}, stopping.signal);
    await expect.poll(() => got.length).toBe(1);
    stopping.abort(new Error('the service stops'));
    await expect(posted).rejects.toThrow('the service stops');
  });
});
