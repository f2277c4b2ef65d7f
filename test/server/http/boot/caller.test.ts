import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { callerOf, ProxyMistake } from '../../../../server/http/boot/caller.ts';
import { formatIpv4 } from '../../../../src/domain/network/ipv4.ts';
import { ip } from '../../../support/dhcp-packets.ts';

const PROXIES = new Set([ip('127.0.0.1'), ip('10.0.0.9')]);

/** What callerOf makes of a request that came from `from` to 10.0.0.5. */
function ask(from: string, headers: Record<string, string> = {}) {
  const request = {
    headers,
    socket: { remoteAddress: from, localAddress: '10.0.0.5' },
  } as unknown as IncomingMessage;
  const { address, server, isByProxy } = callerOf(request, { httpPort: 80, proxies: PROXIES });
  return { address: formatIpv4(address), server: formatIpv4(server.address), isByProxy };
}

describe('callerOf', () => {
  it('goes by the connection, whatever a machine says of itself', () => {
    const lies = { 'x-forwarded-for': '10.0.0.11', 'x-forwarded-host': '10.0.0.66' };
    expect(ask('10.0.0.12', lies)).toEqual({ address: '10.0.0.12', server: '10.0.0.5', isByProxy: false });
  });

  it.each([
    { said: '10.0.0.11', address: '10.0.0.11' },
    // What a machine made up stands before what the proxy saw.
    { said: '10.0.0.12, 10.0.0.11', address: '10.0.0.11' },
    { said: 'nonsense,10.0.0.11', address: '10.0.0.11' },
    { said: '10.0.0.11, 10.0.0.9', address: '10.0.0.11' },
    { said: '10.0.0.12, 10.0.0.11, 10.0.0.9, 127.0.0.1', address: '10.0.0.11' },
  ])('takes the word of a proxy in front: $said', ({ said, address }) => {
    expect(ask('127.0.0.1', { 'x-forwarded-for': said })).toEqual({
      address,
      server: '10.0.0.5',
      isByProxy: true,
    });
  });

  it.each(['10.0.0.1', '10.0.0.1:80'])('takes the address that the machine came by: %s', (host) => {
    const headers = { 'x-forwarded-for': '10.0.0.11', 'x-forwarded-host': host };
    expect(ask('127.0.0.1', headers)).toMatchObject({ server: '10.0.0.1' });
  });

  it('is the proxy itself where it names nobody', () => {
    expect(ask('127.0.0.1')).toEqual({ address: '127.0.0.1', server: '10.0.0.5', isByProxy: false });
  });

  it.each([
    { 'x-forwarded-for': '10.0.0.11, unknown' },
    { 'x-forwarded-for': '' },
    { 'x-forwarded-for': '127.0.0.1' },
    { 'x-forwarded-for': '::1' },
    { 'x-forwarded-for': '10.0.0.11', 'x-forwarded-host': 'boot.example' },
  ])('refuses a proxy that makes no sense: %j', (headers) => {
    expect(() => ask('127.0.0.1', headers)).toThrow(ProxyMistake);
  });
});
