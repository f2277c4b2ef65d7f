import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPlainRequest } from '../../../../server/http/boot/plain-request.ts';

const read = (text: string) => readPlainRequest(Buffer.from(text, 'latin1'));
const IPXE =
  'GET /boot/ipxe/x HTTP/1.1\r\nConnection: keep-alive\r\nUser-Agent: iPXE/1.21.1\r\nHost: 10.0.0.1\r\n\r\n';

describe('readPlainRequest', () => {
  it('reads what iPXE, curl, wget and UEFI firmware say', () => {
    expect(read(IPXE)).toEqual({
      url: '/boot/ipxe/x',
      headers: { connection: 'keep-alive', 'user-agent': 'iPXE/1.21.1', host: '10.0.0.1' },
      isLast: false,
    });
    const others = [
      'GET /a?b=c HTTP/1.1\r\nHost: 10.0.0.1:8081\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n',
      'GET /a HTTP/1.1\r\nHost: x\r\nRange: bytes=0-9\r\nIf-Range: "1-2"\r\n\r\n',
      'GET / HTTP/1.1\r\nhost: x\r\naccept-language: en\r\n\r\n',
    ];
    for (const text of others) expect(read(text)).toMatchObject({ isLast: false });
    expect(read('GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatchObject({ isLast: true });
  });

  it.each([
    ['half a request', IPXE.slice(0, -2)],
    ['two of them', IPXE + IPXE],
    ['a request and a byte', `${IPXE}G`],
    ['another method', 'HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a method in small letters', 'get /a HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['HTTP/1.0', 'GET /a HTTP/1.0\r\nHost: x\r\n\r\n'],
    ['a whole URL', 'GET http://10.0.0.1/a HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['no host', 'GET /a HTTP/1.1\r\nUser-Agent: x\r\n\r\n'],
    ['no header', 'GET /a HTTP/1.1\r\n\r\n'],
    ['two hosts', 'GET /a HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n'],
    ['two hosts in other letters', 'GET /a HTTP/1.1\r\nHost: x\r\nhost: y\r\n\r\n'],
    ['a body', 'GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n'],
    ['a body of no length', 'GET /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['an upgrade', 'GET /a HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\n\r\n'],
    ['a list of connection options', 'GET /a HTTP/1.1\r\nHost: x\r\nConnection: close, te\r\n\r\n'],
    ['what a proxy says', 'GET /a HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 10.0.0.2\r\n\r\n'],
    ['a name of every object', 'GET /a HTTP/1.1\r\nHost: x\r\nconstructor: x\r\n\r\n'],
    ['a folded line', 'GET /a HTTP/1.1\r\nHost: x\r\n y\r\n\r\n'],
    ['lines that end with LF', 'GET /a HTTP/1.1\nHost: x\n\n'],
    ['a CR within a value', 'GET /a HTTP/1.1\r\nHost: x\ry\r\n\r\n'],
    ['a zero byte', 'GET /a HTTP/1.1\r\nHost: x\0\r\n\r\n'],
    ['a space before the colon', 'GET /a HTTP/1.1\r\nHost : x\r\n\r\n'],
    ['a space after a value', 'GET /a HTTP/1.1\r\nHost: x \r\n\r\n'],
    ['no value', 'GET /a HTTP/1.1\r\nHost: x\r\nAccept: \r\n\r\n'],
    ['bytes above ASCII', 'GET /\xe4 HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['two spaces', 'GET  /a HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['an empty line before it', `\r\n${IPXE}`],
    ['more than it looks at', `GET /${'a'.repeat(5000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
    ['nothing', ''],
  ])('leaves %s to others', (_, text) => {
    expect(read(text)).toBeUndefined();
  });

  it('takes nothing for one request that Node would read as something else', async () => {
    const seen: unknown[] = [];
    const server = createServer((request, response) => {
      let body = 0;
      request.on('data', (chunk: Buffer) => {
        body += chunk.length;
      });
      request.on('end', () => {
        seen.push({ url: request.url, headers: { ...request.headers }, body });
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const pieces = [
      '\r\n',
      '\n',
      ' ',
      ':',
      ': ',
      'GET ',
      '/a',
      'Host: x',
      'Range: bytes=0-',
      '\0',
      'Content-Length: 1',
    ];
    const mutation = fc.record({
      at: fc.nat(IPXE.length),
      drop: fc.nat(4),
      add: fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 })),
    });
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { maxLength: 3 }), async (mutations) => {
        const text = mutations.reduce(
          (now, { at, drop, add }) => now.slice(0, at) + add + now.slice(at + drop),
          IPXE,
        );
        const request = read(text);
        if (request === undefined) return;
        accepted += 1;
        seen.length = 0;
        await exchange(port, text);
        expect(seen).toEqual([{ url: request.url, headers: request.headers, body: 0 }]);
      }),
      { seed: 7230, numRuns: 2000 },
    );
    server.close();
    expect(accepted).toBeGreaterThan(100);
  });
});

/** Says it, and waits for the end of what is answered. */
function exchange(port: number, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port }, () => socket.end(text, 'latin1'));
    socket.resume();
    socket.on('error', reject);
    socket.on('close', () => resolve());
  });
}
