import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpStreams } from '../../src/cli/connect/http-streams.ts';
import { certificateOf, httpTransport } from '../../src/cli/connect/http-transport.ts';
import type { ServerAddress } from '../../src/cli/connect/server-address.ts';
import type { ClientRequest } from '../../src/client/transport.ts';
import { makeCertificate } from '../support/redfish-sim/certificate.ts';

/** A private certificate: signed by itself, for another name, and over since long: pinned, all that does not count. */
const own = makeCertificate({ name: 'elsewhere.example.net', notAfter: '010101000000Z' });
const another = makeCertificate({ name: 'elsewhere.example.net' });
const GET: ClientRequest = {
  method: 'GET',
  path: '/api/v1/status',
  headers: { authorization: 'Bearer t' },
  body: undefined,
};

let server: Server;
let url: string;
const heard: (string | undefined)[] = [];
const sockets = new Set<Socket>();
beforeAll(async () => {
  server = createServer({ key: own.key, cert: own.cert }, (request, response) => {
    heard.push(`${request.url} ${request.headers.host} ${request.headers.authorization}`);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
  });
  server.on('connection', (socket: Socket) => void sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/base`;
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

const pinned = (certificate: string): ServerAddress => ({ kind: 'url', url, certificate });

describe('a pinned certificate', () => {
  it('is read before anything is sent', async () => {
    expect(await certificateOf(url)).toEqual({ sha256: own.fingerprint, isTrusted: false });
    expect(heard).toEqual([]);
  });

  it('is the one that is accepted, by requests and by streams', async () => {
    expect(await httpTransport(pinned(own.fingerprint))(GET)).toMatchObject({
      status: 200,
      text: '{"ok":true}',
    });
    const stream = await httpStreams(pinned(own.fingerprint))(GET);
    expect(stream.status).toBe(200);
    stream.close();
    const line = `/base/api/v1/status ${new URL(url).host} Bearer t`;
    expect(heard.splice(0)).toEqual([line, line]);
  });

  it('refuses every other one, and sends it nothing', async () => {
    for (const send of [
      httpTransport(pinned(another.fingerprint)),
      httpStreams(pinned(another.fingerprint)),
    ]) {
      await expect(send(GET)).rejects.toMatchObject({
        reason: 'certificate-changed',
        message: `its certificate is another one (it shows sha256:${own.fingerprint}, and sha256:${another.fingerprint} was pinned at login)`,
      });
    }
    expect(heard).toEqual([]);
  });

  it('does without where nothing is pinned: then it has to be trusted', async () => {
    const address: ServerAddress = { kind: 'url', url };
    for (const send of [httpTransport(address), httpStreams(address)])
      await expect(send(GET)).rejects.toMatchObject({ reason: 'untrusted-certificate' });
    expect(heard).toEqual([]);
  });

  it('cannot be read where nobody speaks TLS, or nobody listens', async () => {
    const plain = (await import('node:http')).createServer();
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const { port } = plain.address() as AddressInfo;
    await expect(certificateOf(`https://127.0.0.1:${port}`)).rejects.toMatchObject({ reason: 'no-tls' });
    await new Promise((resolve) => plain.close(resolve));
    await expect(certificateOf(`https://127.0.0.1:${port}`)).rejects.toMatchObject({ reason: 'refused' });
  });
});
