import { describe, expect, it } from 'vitest';
import { handedInName, parseListenFds } from '../../../server/net/handed-in-sockets.ts';

const none = { ok: true, sockets: [] };

describe('parseListenFds', () => {
  it.each([
    { name: 'not started by a service manager', environment: {}, expected: none },
    { name: 'count without a pid', environment: { LISTEN_FDS: '1' }, expected: none },
    { name: 'meant for another process', environment: { LISTEN_PID: '41', LISTEN_FDS: '1' }, expected: none },
    { name: 'none passed', environment: { LISTEN_PID: '42', LISTEN_FDS: '0' }, expected: none },
    {
      name: 'without names',
      environment: { LISTEN_PID: '42', LISTEN_FDS: '2' },
      expected: {
        ok: true,
        sockets: [
          { fd: 3, name: 'unknown' },
          { fd: 4, name: 'unknown' },
        ],
      },
    },
    {
      name: 'with names',
      environment: { LISTEN_PID: '42', LISTEN_FDS: '2', LISTEN_FDNAMES: 'dhcp-eth0:dhcp-4011-eth0' },
      expected: {
        ok: true,
        sockets: [
          { fd: 3, name: 'dhcp-eth0' },
          { fd: 4, name: 'dhcp-4011-eth0' },
        ],
      },
    },
    {
      name: 'fewer names than sockets',
      environment: { LISTEN_PID: '42', LISTEN_FDS: '2', LISTEN_FDNAMES: 'dhcp-eth0' },
      expected: { ok: false, reason: 'LISTEN_FDS=2, but LISTEN_FDNAMES has 1 names' },
    },
    {
      name: 'a pid that is no number',
      environment: { LISTEN_PID: 'x', LISTEN_FDS: '1' },
      expected: { ok: false, reason: 'LISTEN_PID=x is not a number' },
    },
    {
      name: 'a negative count',
      environment: { LISTEN_PID: '42', LISTEN_FDS: '-1' },
      expected: { ok: false, reason: 'LISTEN_FDS=-1 is not a number of descriptors' },
    },
    {
      name: 'a count that would take for ever',
      environment: { LISTEN_PID: '42', LISTEN_FDS: '999999999' },
      expected: { ok: false, reason: 'LISTEN_FDS=999999999 is not a number of descriptors' },
    },
  ])('$name', ({ environment, expected }) => {
    expect(parseListenFds(environment, 42)).toEqual(expected);
  });

  it('names the port only when it is not the usual one', () => {
    expect(handedInName('eth0', 67)).toBe('dhcp-eth0');
    expect(handedInName('eth0', 4011)).toBe('dhcp-4011-eth0');
  });
});
