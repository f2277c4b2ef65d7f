import { describe, expect, it } from 'vitest';
import { findLinklessAddresses } from '../../../server/net/linkless-addresses.ts';
import { formatIpv4 } from '../../../src/domain/network/ipv4.ts';

/** Written by a 6.18 kernel on a little-endian machine; columns after Mask left out. */
const ROUTE = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask
eth0	00000000	0101A8C0	0003	0	0	0	00000000
eth0	0001A8C0	00000000	0001	0	0	0	00FFFFFF
lan0	0000050A	00000000	0001	0	0	0	0000FFFF
lan1	0080050A	00000000	0001	0	0	0	0080FFFF
lan1	0000090A	0101A8C0	0003	0	0	0	00FFFFFF
`;

const FIB_TRIE = `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 10.5.0.0/16 2 0 2
        |-- 10.5.0.0
           /16 link UNICAST
        |-- 10.5.0.1
           /32 host LOCAL
        |-- 10.5.255.255
           /32 link BROADCAST
     |-- 10.5.128.1
        /32 host LOCAL
     |-- 10.9.0.7
        /32 host LOCAL
     |-- 127.0.0.1
        /32 host LOCAL
     |-- 192.168.1.10
        /32 host LOCAL
Local:
     |-- 10.5.0.1
        /32 host LOCAL
`;

const found = (route: string, trie: string, order: 'LE' | 'BE') =>
  findLinklessAddresses(route, trie, order).map(
    ({ name, address, prefix }) => `${name} ${formatIpv4(address)}/${prefix}`,
  );

describe('findLinklessAddresses', () => {
  it('gives each address to the most specific network of an interface', () => {
    expect(found(ROUTE, FIB_TRIE, 'LE')).toEqual([
      'lan0 10.5.0.1/16',
      'lan1 10.5.128.1/17',
      'eth0 192.168.1.10/24',
    ]);
  });

  it('reads the numbers of a big-endian machine', () => {
    expect(found('lan0	0A050000	00000000	0001	0	0	0	FFFF0000', FIB_TRIE, 'BE')).toEqual([
      'lan0 10.5.0.1/16',
      'lan0 10.5.128.1/16',
    ]);
  });

  it.each([
    { name: 'nothing', route: '', trie: '' },
    { name: 'a row cut short', route: 'lan0	0000050A	00000000', trie: FIB_TRIE },
    { name: 'other text', route: 'lan0 x 00000000 1 0 0 0 y', trie: '|-- 10.5.0.1\n /32 host LOCAL' },
  ])('finds nothing in $name', ({ route, trie }) => {
    expect(found(route, trie, 'LE')).toEqual([]);
  });
});
