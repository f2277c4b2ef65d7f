import { describe, expect, test } from 'vitest';
import { identify } from '../../src/dhcp/identity.ts';
import { options, packetOf } from '../support/dhcp-packets.ts';
import { clientOf } from '../support/dhcp-world.ts';

const MAC = '52:54:00:00:00:01';
const CLIENT = clientOf({ options: options({ 53: '01', 61: 'ff0001', 82: '0104657468300202aabb' }) });
const ALL = [MAC, 'id:ff0001', 'circuit:65746830:aabb', 'circuit:65746830'];

describe('by what a machine is known', () => {
  test.each<{ name: string; known: readonly string[]; by: string | undefined; key: string | undefined }>([
    { name: 'the MAC before all', known: ALL, by: 'mac', key: MAC },
    { name: 'then the client id', known: ALL.slice(1), by: 'client-id', key: 'id:ff0001' },
    { name: 'then the port of that relay', known: ALL.slice(2), by: 'circuit', key: 'circuit:65746830:aabb' },
    { name: 'then the port of any relay', known: ALL.slice(3), by: 'circuit', key: 'circuit:65746830' },
    { name: 'last, the lease that it has', known: ['seen'], by: 'seen', key: 'circuit:77' },
    {
      name: 'the port that it is on before the lease of another',
      known: ['seen', ...ALL.slice(3)],
      by: 'circuit',
      key: 'circuit:65746830',
    },
    { name: 'nothing', known: [], by: undefined, key: undefined },
  ])('$name', ({ known, by, key }) => {
    const found = identify(
      CLIENT,
      (asked) => (known.includes(asked) ? asked : undefined),
      (mac) => (known.includes('seen') && mac === MAC ? { machine: 'seen', key: 'circuit:77' } : undefined),
    );
    expect([found?.by, found?.key]).toEqual([by, key]);
    expect(found?.reason ?? 'by nothing').toMatch(/^by /);
  });

  test('InfiniBand by its client id, without a MAC (RFC 4390 §2.1)', () => {
    const client = clientOf(packetOf({ htype: 32, hlen: 0, options: options({ 53: '01', 61: 'ff0001' }) }));
    const find = (key: string) => (key === 'id:ff0001' ? 'ib' : undefined);
    expect(identify(client, find, () => undefined)).toMatchObject({ machine: 'ib', by: 'client-id' });
  });
});
