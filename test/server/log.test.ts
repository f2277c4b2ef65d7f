import { describe, expect, it } from 'vitest';
import { createLog, withoutToken } from '../../server/log.ts';

const TOKEN = 'Zm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9';

describe('withoutToken', () => {
  it.each([
    { url: `/i/${TOKEN}/kernel`, shown: '/i/…/kernel' },
    { url: '/i/short/kernel?x=1', shown: '/i/…/kernel?x=1' },
    { url: `/i/${TOKEN}`, shown: '/i/…' },
    { url: `//i/${TOKEN}/answer`, shown: '//i/…/answer' },
    { url: `/I/${TOKEN}/answer`, shown: '/I/…/answer' },
    { url: `/%69/${TOKEN}/answer`, shown: '/%69/…/answer' },
    { url: `http://10.0.0.1/i/${TOKEN}/answer`, shown: 'http://10.0.0.1/i/…/answer' },
    { url: `/nothing/${TOKEN}?a=${TOKEN}`, shown: '/nothing/…?a=…' },
    { url: '/setup?token=abc&x=1', shown: '/setup?token=…&x=1' },
    { url: '/api/v1/systems/web001', shown: '/api/v1/systems/web001' },
    { url: '/boot/ipxe/52-54-00-12-34-56', shown: '/boot/ipxe/52-54-00-12-34-56' },
  ])('$url', ({ url, shown }) => {
    expect(withoutToken(url)).toBe(shown);
  });
});

describe('createLog', () => {
  it('writes a request without headers and token, and an error with its cause', () => {
    const lines: string[] = [];
    const log = createLog('info', { write: (line: string) => lines.push(line) });
    const headers = { authorization: `Bearer ${TOKEN}` };
    const req = {
      id: 'r1',
      method: 'GET',
      url: `/i/${TOKEN}/kernel`,
      headers,
      socket: { remoteAddress: '10.0.0.1' },
    };
    log.info({ req }, 'incoming request');
    log.error({ err: new Error('disk full') }, 'request failed');
    expect(lines.join('')).not.toContain(TOKEN);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      req: { id: 'r1', method: 'GET', url: '/i/…/kernel', from: '10.0.0.1' },
      msg: 'incoming request',
    });
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ err: { message: 'disk full' } });
  });
});
