import { describe, expect, it } from 'vitest';
import {
  ETH_P_ARP,
  ETH_P_IP,
  encodeInt,
  encodeInterfaceName,
  encodeSockaddrIn,
  encodeSockaddrLl,
} from '../../../server/net/sockaddr.ts';
import { parseIpv4 } from '../../../src/domain/network/ipv4.ts';
import { parseMac } from '../../../src/domain/network/mac.ts';
import { must } from '../../support/must.ts';

const ip = must(parseIpv4('10.0.0.1'), 'address');
const mac = must(parseMac('52:54:00:12:34:56'), 'mac');

describe('socket addresses', () => {
  it.each([
    {
      name: 'sockaddr_in LE',
      bytes: encodeSockaddrIn(ip, 67, 'LE'),
      hex: '0200 0043 0a000001 0000000000000000',
    },
    {
      name: 'sockaddr_in BE',
      bytes: encodeSockaddrIn(ip, 67, 'BE'),
      hex: '0002 0043 0a000001 0000000000000000',
    },
    {
      name: 'sockaddr_ll LE',
      bytes: encodeSockaddrLl(mac, 258, ETH_P_IP, 'LE'),
      hex: '1100 0800 02010000 0000 00 06 5254001234560000',
    },
    {
      name: 'sockaddr_ll BE',
      bytes: encodeSockaddrLl(mac, 258, ETH_P_ARP, 'BE'),
      hex: '0011 0806 00000102 0000 00 06 5254001234560000',
    },
    { name: 'int LE', bytes: encodeInt(4 * 1024 * 1024, 'LE'), hex: '00004000' },
    { name: 'int BE', bytes: encodeInt(1, 'BE'), hex: '00000001' },
  ])('$name', ({ bytes, hex }) => {
    expect(bytes.toString('hex')).toBe(hex.replaceAll(' ', ''));
  });

  it.each([
    { name: 'eth0', bytes: 'eth0\0' },
    { name: 'enp0s31f6.4094a', bytes: 'enp0s31f6.4094a\0' },
    { name: 'enp0s31f6.4094ab', bytes: undefined },
    { name: 'äääääääã', bytes: undefined },
    { name: '', bytes: undefined },
    { name: 'eth0\0x', bytes: undefined },
  ])('interface name $name', ({ name, bytes }) => {
    expect(encodeInterfaceName(name)?.toString()).toBe(bytes);
  });
});
