import { describe, expect, test } from 'vitest';
import { formatPacket } from '../../src/dhcp/summary.ts';
import { ip, options, packetOf } from '../support/dhcp-packets.ts';

describe('formatPacket', () => {
  test('every field and kind of option', () => {
    const packet = packetOf({
      op: 2,
      hops: 1,
      secs: 4,
      flags: 0x8000,
      ciaddr: ip('10.0.0.1'),
      yiaddr: ip('10.0.0.2'),
      siaddr: ip('10.0.0.3'),
      giaddr: ip('10.0.0.4'),
      sname: 'srv',
      file: 'a.efi',
      options: options({
        53: '02',
        6: '0a0000010a000002',
        51: '00000e10',
        93: '00070010',
        77: '6950',
        224: 'ab',
      }),
    });
    expect(formatPacket(packet)).toBe(
      [
        'OFFER xid=01020304 52:54:00:00:00:01 ciaddr=10.0.0.1 yiaddr=10.0.0.2 siaddr=10.0.0.3 giaddr=10.0.0.4 secs=4 hops=1 broadcast sname="srv" file="a.efi"',
        '  6 dnsServer: 10.0.0.1, 10.0.0.2',
        '  51 leaseTime: 3600 s',
        '  77 userClass: "iP"',
        '  93 clientArch: 7 16',
        '  224 unknown: 0xab',
      ].join('\n'),
    );
  });

  test.each([
    { name: 'BOOTP request', packet: packetOf(), line: 'BOOTP request xid=01020304 52:54:00:00:00:01' },
    { name: 'BOOTP reply', packet: packetOf({ op: 2 }), line: 'BOOTP reply xid=01020304 52:54:00:00:00:01' },
    {
      name: 'unknown type, other hardware',
      packet: packetOf({ htype: 32, hlen: 0, options: options({ 53: '0d' }) }),
      line: 'type 0x0d xid=01020304 htype=32 chaddr=',
    },
  ])('$name', ({ packet, line }) => {
    expect(formatPacket(packet)).toBe(line);
  });

  test('a malformed value is shown in hex', () => {
    expect(formatPacket(packetOf({ options: options({ 54: '0a00' }) }))).toContain('54 serverId: 0x0a00');
  });

  test('text from the wire cannot forge a line', () => {
    const forged = Buffer.from('x\nACK').toString('hex');
    const shown = formatPacket(packetOf({ file: 'a\nACK', options: options({ 12: forged, 77: forged }) }));
    expect(shown.split('\n')).toHaveLength(3);
  });
});
