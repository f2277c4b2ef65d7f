import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { httpStreams } from '../../../src/cli/connect/http-streams.ts';
import { httpTransport } from '../../../src/cli/connect/http-transport.ts';
import { formatServerAddress } from '../../../src/cli/connect/server-address.ts';
import { createClient } from '../../../src/client/client.ts';
import { ApiError, UnexpectedAnswer, Unreachable } from '../../../src/client/errors.ts';
import type { ClientRequest } from '../../../src/client/transport.ts';
import { apiSystem } from '../../support/api-records.ts';
import { type ApiServer, type Received, startApiServer } from '../../support/api-server.ts';

const GET: ClientRequest = { method: 'GET', path: '/api/v1/status', headers: {}, body: undefined };

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error,
  );
}

describe.each(['tcp', 'unix'] as const)('the real transport over %s', (kind) => {
  let server: ApiServer;
  let answer: (request: Received, response: ServerResponse) => void;
  beforeEach(async () => {
    server = await startApiServer(kind, (request, response) => answer(request, response));
  });
  afterEach(() => server.stop());

  const client = (token?: string) =>
    createClient({
      request: httpTransport(server.address),
      openStream: httpStreams(server.address),
      token,
    });
  const json = (status: number, body: unknown, type = 'application/json; charset=utf-8') => {
    answer = (_request, response) =>
      response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
  };

  it('carries a record there and back, byte for byte', async () => {
    const system = apiSystem({ comment: 'Größe 漢字 \u0000 "' });
    json(201, system);
    const input = { name: 'web001', profile: 'p', interfaces: [{ mac: 'm' }], comment: 'Größe 漢字' };
    expect(await client('geheim').systems.add(input)).toEqual(system);
    const [request] = server.received;
    expect(request).toMatchObject({ method: 'POST', url: '/api/v1/systems' });
    expect(JSON.parse(request?.body ?? '')).toEqual(input);
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer geheim',
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(request?.body ?? '')),
    });
  });

  it('sends no body, no type and no token where there is none', async () => {
    answer = (_request, response) => response.writeHead(204).end();
    await client().systems.remove('a b/c');
    const [request] = server.received;
    expect(request).toMatchObject({ method: 'DELETE', url: '/api/v1/systems/a%20b%2Fc', body: '' });
    expect(request?.headers).not.toHaveProperty('authorization');
    expect(request?.headers).not.toHaveProperty('content-type');
  });

  it('sends the revision of an edit, and the page of a timeline', async () => {
    json(200, { ...apiSystem(), items: [] });
    await client().systems.update('w', { comment: 'x' }, 3);
    await client().systems.update('w', { comment: 'x' });
    await client().systems.timeline('w', { after: 4, limit: 10 });
    await client().systems.timeline('w');
    expect(server.received.map(({ method, url, headers }) => [method, url, headers['if-match']])).toEqual([
      ['PATCH', '/api/v1/systems/w', '"3"'],
      ['PATCH', '/api/v1/systems/w', undefined],
      ['GET', '/api/v1/systems/w/timeline?after=4&limit=10', undefined],
      ['GET', '/api/v1/systems/w/timeline', undefined],
    ]);
  });

  it('throws what the server refuses, with everything that it said', async () => {
    const problem = {
      type: 'about:blank',
      title: 'in-use',
      status: 409,
      code: 'in-use',
      detail: 'used',
      later: 1,
    };
    json(409, problem, 'application/problem+json');
    const error = await failureOf(client().distros.remove('debian-13'));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 409, code: 'in-use', message: 'used', problem });
  });

  it('believes the status line, not the copy in the body', async () => {
    json(403, { title: 'x', status: 200 }, 'application/problem+json');
    expect(await failureOf(client().status())).toMatchObject({ status: 403 });
  });

  it.each([
    ['a page', 200, 'text/html', '<html>'],
    ['nothing', 200, 'application/json', ''],
    ['a JSON list', 200, 'application/json', '[]'],
    ['no items', 200, 'application/json', '{}'],
    ["a proxy's error", 502, 'text/html', 'Bad Gateway'],
    ['an error without a problem', 500, 'application/json', '{"error":"x"}'],
  ])('throws UnexpectedAnswer for %s', async (_name, status, type, text) => {
    answer = (_request, response) => response.writeHead(status, { 'content-type': type }).end(text);
    const error = await failureOf(client().leases.list());
    expect(error).toBeInstanceOf(UnexpectedAnswer);
    expect(error).toMatchObject({ status });
  });

  it('does not follow a redirect with the token', async () => {
    answer = (_request, response) => response.writeHead(307, { location: '/elsewhere' }).end();
    expect(await failureOf(client('geheim').status())).toMatchObject({ status: 307 });
    expect(server.received).toHaveLength(1);
  });

  it('gives up on a server that says nothing', async () => {
    answer = () => {};
    const error = await failureOf(httpTransport(server.address, 50)(GET));
    expect(error).toBeInstanceOf(Unreachable);
    expect(error).toMatchObject({ reason: 'timeout', message: 'none within 0.05 s' });
  });

  it('gives up on an answer that stops in the middle', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{');
      setImmediate(() => response.destroy());
    };
    expect(await failureOf(httpTransport(server.address)(GET))).toMatchObject({ reason: 'broken' });
  });

  it('says that nobody listens any more, and where', async () => {
    const { address } = server;
    await server.stop();
    const error = await failureOf(httpTransport(address)(GET));
    expect(error).toMatchObject({
      name: 'Unreachable',
      reason: kind === 'tcp' ? 'refused' : 'no-socket',
      address: formatServerAddress(address),
    });
    server = await startApiServer(kind, () => {});
  });
});

describe('a path that is no socket of ours', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'api-socket-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('tells a plain file from a server', async () => {
    const path = join(folder, 'file');
    writeFileSync(path, '');
    chmodSync(path, 0o600);
    expect(await failureOf(httpTransport({ kind: 'unix', path })(GET))).toMatchObject({ reason: 'refused' });
  });
});
