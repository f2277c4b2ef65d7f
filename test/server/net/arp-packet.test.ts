import { describe, expect, it } from 'vitest';
import { decodeArpClaim, encodeArpProbe } from '../../../server/net/arp-packet.ts';
import { parseMac } from '../../../src/domain/network/mac.ts';
import { fromHex, ip } from '../../support/dhcp-packets.ts';
import { must } from '../../support/must.ts';

const mac = must(parseMac('52:54:00:12:34:56'), 'mac');
const REPLY = '0001 0800 06 04 0002 525400123456 0a630007 020000000001 00000000';

describe('ARP', () => {
  it('a probe asks from no address, RFC 5227 §2.1.1', () => {
    expect(encodeArpProbe(mac, ip('10.99.0.7'))).toEqual(
      fromHex('0001 0800 06 04 0001 525400123456 00000000 000000000000 0a630007'),
    );
  });

  it.each([
    { name: 'a reply', hex: REPLY },
    { name: 'a request, and padding', hex: `${REPLY.replace('0002', '0001')} 0000000000` },
  ])('$name claims its sender’s address', ({ hex }) => {
    expect(decodeArpClaim(fromHex(hex))).toEqual({ mac, ip: ip('10.99.0.7') });
  });

  it.each([
    { name: 'a probe', hex: REPLY.replace('0a630007', '00000000') },
    { name: 'no sender', hex: REPLY.replace('525400123456', '000000000000') },
    { name: 'a group as sender', hex: REPLY.replace('525400123456', '010000000001') },
    { name: 'another hardware', hex: REPLY.replace('0001 0800', '0020 0800') },
    { name: 'another protocol', hex: REPLY.replace('0800', '86dd') },
    { name: 'a cut packet', hex: REPLY.slice(0, -2) },
    { name: 'nothing', hex: '' },
  ])('$name claims nothing', ({ hex }) => {
    expect(decodeArpClaim(fromHex(hex))).toBeUndefined();
  });
});
