import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { createRedfishTransport, type RedfishLimits } from '../../../server/bmc/redfish-transport.ts';
import { createTrustStore } from '../../../server/bmc/trusted-certificates.ts';
import { redfishDriver } from '../../../src/redfish/driver.ts';
import { makeCertificate } from '../../support/redfish-sim/certificate.ts';
import { bmcErrorOf, bmcTarget, sessionOf } from '../../support/redfish-sim/redfish-session.ts';

const certificate = makeCertificate({ name: 'bmc' });
const sockets = new Set<Socket>();
let server: Server | undefined;

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
});

/** A server that answers each connection as the test says. */
async function listen(answer: (socket: Socket) => void, tls = true): Promise<number> {
  const accept = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    answer(socket);
  };
  const made: Server = tls
    ? createTlsServer({ key: certificate.key, cert: certificate.cert }, accept)
    : createTcpServer(accept);
  server = made;
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  return (made.address() as AddressInfo).port;
}

const ROOMY: RedfishLimits = { connectMs: 15_000, requestMs: 15_000, bodyBytes: 10_000 };

function status(port: number, limits: Partial<RedfishLimits> = {}, signal?: AbortSignal) {
  const trust = createTrustStore([]);
  const driver = redfishDriver((target) => createRedfishTransport(target, trust, { ...ROOMY, ...limits }));
  const target = bmcTarget({ port, certificate: certificate.fingerprint });
  return sessionOf(driver, target, (session) => session.powerState(), signal);
}

const OK = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';

describe('a hostile answer', () => {
  const answers: [string, string, string, string][] = [
    ['that is no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n', 'malformed', 'no HTTP'],
    ['with endless headers', `${OK}x: ${'y'.repeat(100_000)}\r\n\r\n`, 'malformed', 'no HTTP'],
    [
      'that is larger than the limit',
      `${OK}content-length: 10001\r\n\r\n${'x'.repeat(10_001)}`,
      'malformed',
      'more than 10000 bytes',
    ],
    ['that promises more than it is', `${OK}content-length: 100\r\n\r\n{"a"`, 'timeout', 'broke off'],
    [
      'in a compression',
      `${OK}content-encoding: gzip\r\ncontent-length: 1\r\n\r\nx`,
      'malformed',
      'compression',
    ],
    ['with two lengths', `${OK}content-length: 5\r\ncontent-length: 6\r\n\r\nhello`, 'malformed', 'no HTTP'],
    ['that is nothing', '', 'timeout', 'broke off'],
  ];
  it.each(answers)('%s is told', async (_name, text, failure, words) => {
    const port = await listen((socket) => socket.once('data', () => socket.end(text)));
    const error = await bmcErrorOf(status(port));
    expect(error.failure).toBe(failure);
    expect(error.message).toContain(words);
  });

  it('that drips is ended by the time of the whole', async () => {
    const port = await listen((socket) => {
      socket.write(`${OK}content-length: 9000\r\n\r\n`);
      const drip = setInterval(() => socket.write('x'), 20);
      socket.on('close', () => clearInterval(drip));
    });
    const error = await bmcErrorOf(status(port, { requestMs: 300 }));
    expect([error.failure, error.message]).toEqual([
      'timeout',
      'no whole answer to GET /redfish/v1/ within 300 ms',
    ]);
  });

  it('that never comes ends with the caller, at once', async () => {
    const caller = new AbortController();
    const port = await listen((socket) => socket.once('data', () => caller.abort()));
    const error = await bmcErrorOf(status(port, {}, caller.signal));
    expect(error.message).toContain('was given up');
  });

  it('is not waited for without an end where no TLS comes', async () => {
    const port = await listen(() => undefined, false);
    const error = await bmcErrorOf(status(port, { connectMs: 200 }));
    expect([error.failure, error.message]).toEqual(['unreachable', 'no connection within 200 ms']);
  });

  it('in plain text is told apart', async () => {
    const port = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), false);
    const error = await bmcErrorOf(status(port));
    expect([error.failure, error.message]).toEqual([
      'unsupported',
      'speaks no TLS on this port; check --bmc-port',
    ]);
  });

  it('of a caller who is gone before it began', async () => {
    expect((await bmcErrorOf(status(9, {}, AbortSignal.abort()))).failure).toBe('timeout');
  });
});

describe('a connection that the BMC closes just when it is asked again', () => {
  const answer = `${OK}content-length: 2\r\n\r\n{}`;
  const askTwice = async (method: 'GET' | 'POST') => {
    // The first connection answers once; later ones always.
    let connections = 0;
    const port = await listen((socket) => {
      connections += 1;
      let asked = 0;
      const isFirst = connections === 1;
      socket.on('data', () => {
        asked += 1;
        if (isFirst && asked > 1) socket.destroy();
        else socket.write(answer);
      });
    });
    const target = bmcTarget({ port, certificate: certificate.fingerprint });
    const transport = createRedfishTransport(target, createTrustStore([]), ROOMY);
    const never = new AbortController().signal;
    const ask = (how: 'GET' | 'POST') =>
      transport.send({ method: how, path: '/', headers: {}, body: how === 'GET' ? null : '{}' }, never);
    try {
      await ask('GET');
      return { answer: await ask(method).catch((error: unknown) => error), connections };
    } finally {
      transport.close();
    }
  };

  it('is made anew for what only reads', async () => {
    const asked = await askTwice('GET');
    expect(asked).toMatchObject({ answer: { status: 200, text: '{}' }, connections: 2 });
  });

  it('is told for what changes something: it may have been done', async () => {
    const asked = await askTwice('POST');
    expect(asked).toMatchObject({ answer: { failure: 'timeout' }, connections: 1 });
  });
});
