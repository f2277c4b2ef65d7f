import { mkdtempSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileCache, type FileCache } from '../../../../server/file-cache.ts';
import { createFileSender, type Sent } from '../../../../server/http/boot/send-file.ts';
import type { HttpApp } from '../../../../server/http/http-listener.ts';
import { type BootClient, startBootClient } from '../../../support/boot-client.ts';
import { openFileApp } from '../../../support/file-app.ts';

const MODIFIED = new Date('2026-11-22T09:00:00.500Z');

let folder: string;
let path: string;
let app: HttpApp;
let cache: FileCache;
let client: BootClient;
let sent: Sent[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'provision-send-'));
  path = join(folder, 'file');
  writeFileSync(path, '0123456789');
  utimesSync(path, MODIFIED, MODIFIED);
  sent = [];
  cache = createFileCache(0);
  app = openFileApp(
    createFileSender(cache),
    () => path,
    (one) => sent.push(one),
  );
  client = await startBootClient(app, '127.0.0.1');
});
afterEach(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

const get = (headers: Record<string, string> = {}, method = 'GET') =>
  client.fetch('/file', { headers, method });
const SINCE = 'Sun, 22 Nov 2026 09:00:00 GMT';

describe('sendFile', () => {
  it('sends the whole file with its facts', async () => {
    expect(await get()).toMatchObject({
      status: 200,
      text: '0123456789',
      headers: {
        'content-length': '10',
        'content-type': 'application/octet-stream',
        'accept-ranges': 'bytes',
        'last-modified': SINCE,
        etag: expect.stringMatching(/^"[0-9a-f]+-[0-9a-f]+"$/),
      },
    });
    expect(sent).toMatchObject([{ bytes: 10, total: 10 }]);
  });

  it('sends nothing but the facts for HEAD', async () => {
    expect(await get({}, 'HEAD')).toMatchObject({
      status: 200,
      text: '',
      headers: { 'content-length': '10' },
    });
    expect(sent).toEqual([]);
  });

  it.each([
    { range: 'bytes=2-4', status: 206, text: '234', contentRange: 'bytes 2-4/10', length: '3' },
    { range: 'bytes=-1', status: 206, text: '9', contentRange: 'bytes 9-9/10', length: '1' },
    { range: 'bytes=10-', status: 416, text: '', contentRange: 'bytes */10', length: '0' },
    { range: 'bytes=0-1,3-4', status: 200, text: '0123456789', contentRange: undefined, length: '10' },
  ])('$range: $status', async ({ range, status, text, contentRange, length }) => {
    const answer = await get({ range });
    expect(answer).toMatchObject({ status, text, headers: { 'content-length': length } });
    expect(answer.headers['content-range']).toBe(contentRange);
  });

  it('judges conditions: If-None-Match before If-Modified-Since, RFC 9110 §13.2.2', async () => {
    const etag = String((await get()).headers['etag']);
    const cases: [Record<string, string>, number][] = [
      [{ 'if-none-match': etag }, 304],
      [{ 'if-none-match': `"other", ${etag}` }, 304],
      [{ 'if-none-match': '*' }, 304],
      [{ 'if-none-match': '"other"' }, 200],
      [{ 'if-modified-since': SINCE }, 304],
      [{ 'if-modified-since': 'Sun, 22 Nov 2026 08:59:59 GMT' }, 200],
      [{ 'if-modified-since': 'nonsense' }, 200],
      [{ 'if-none-match': '"other"', 'if-modified-since': SINCE }, 200],
      [{ 'if-none-match': etag, 'if-modified-since': 'Sun, 22 Nov 2026 08:59:59 GMT' }, 304],
    ];
    for (const [headers, status] of cases)
      expect(`${JSON.stringify(headers)} ${(await get(headers)).status}`).toBe(
        `${JSON.stringify(headers)} ${status}`,
      );
  });

  it('sends a range of the version that the client has, and the whole of another', async () => {
    const etag = String((await get()).headers['etag']);
    expect(await get({ range: 'bytes=2-4', 'if-range': etag })).toMatchObject({ status: 206, text: '234' });
    for (const other of ['"other"', SINCE])
      expect(await get({ range: 'bytes=2-4', 'if-range': other })).toMatchObject({
        status: 200,
        text: '0123456789',
      });
    writeFileSync(path, 'abcdefghij');
    expect(await get({ range: 'bytes=2-4', 'if-range': etag })).toMatchObject({
      status: 200,
      text: 'abcdefghij',
    });
    expect((await get()).headers['etag']).not.toBe(etag);
  });

  it('sends an empty file', async () => {
    truncateSync(path);
    expect(await get()).toMatchObject({ status: 200, text: '', headers: { 'content-length': '0' } });
  });

  it('fails loudly on what is not there, and refuses what is no file', async () => {
    rmSync(path);
    expect((await get()).status).toBe(500);
    path = folder;
    expect((await get()).status).toBe(404);
    expect(sent).toEqual([]);
  });

  it('breaks the connection off when the file became shorter meanwhile, and says so', async () => {
    const size = 64 * 1024 * 1024;
    truncateSync(path, size);
    const { port } = app.server.address() as AddressInfo;
    // A connection that would be kept: its end alone does not tell that the file was not whole.
    const kept = new Agent({ keepAlive: true });
    const got = await new Promise<{ bytes: number; isBroken: boolean }>((resolve, reject) => {
      request({ host: '127.0.0.1', port, path: '/file', agent: kept }, (response) => {
        let bytes = 0;
        // Nothing more is taken before the file is short: the sender is held up by the full socket.
        truncateSync(path, 1024 * 1024);
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
        });
        response.on('end', () => resolve({ bytes, isBroken: false }));
        response.on('error', () => resolve({ bytes, isBroken: true }));
      })
        .on('error', reject)
        .end();
    });
    kept.destroy();
    expect(got.isBroken).toBe(true);
    expect(got.bytes).toBeLessThan(size);
    expect(sent).toHaveLength(1);
    expect(sent[0]?.bytes).toBeLessThan(size);
  });

  it('tells of a machine that went away in the middle', async () => {
    truncateSync(path, 64 * 1024 * 1024);
    const { port } = app.server.address() as AddressInfo;
    const told = new Promise<Sent>((resolve) => {
      sent.push = (one) => {
        resolve(one);
        return 1;
      };
    });
    const going = request({ host: '127.0.0.1', port, path: '/file', agent: false }, (response) => {
      response.on('error', () => {});
      response.destroy();
    });
    going.on('error', () => {});
    going.end();
    const { bytes, total } = await told;
    expect(total).toBe(64 * 1024 * 1024);
    expect(bytes).toBeLessThan(total);
  });
});
