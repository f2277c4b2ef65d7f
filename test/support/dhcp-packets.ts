import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { DhcpPacket } from '../../src/dhcp/packet.ts';
import { type Ipv4, NO_ADDRESS, parseIpv4 } from '../../src/domain/network/ipv4.ts';
import { must } from './must.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/dhcp/', import.meta.url));

/** Names of all packet fixtures: captures of real clients and packets written by hand, see the folder's README. */
export function packetFixtureNames(): string[] {
  return readdirSync(FIXTURES)
    .filter((file) => file.endsWith('.hex'))
    .map((file) => file.slice(0, -'.hex'.length))
    .sort();
}

/** The bytes of one packet fixture. */
export function readPacketFixture(name: string): Buffer {
  return fromHex(readFileSync(`${FIXTURES}${name}.hex`, 'latin1'));
}

/** Bytes of hex digits with any white space between. Anything else in the text is a mistake in the test. */
export function fromHex(text: string): Buffer {
  const digits = text.replace(/\s+/g, '');
  if (!/^([0-9a-f]{2})*$/i.test(digits)) throw new Error(`not hex: ${text}`);
  return Buffer.from(digits, 'hex');
}

/** The address, or a failed test. */
export function ip(text: string): Ipv4 {
  return must(parseIpv4(text), text);
}

/** A BOOTREQUEST of 52:54:00:00:00:01 without options, changed as the test says. */
export function packetOf(changes: Partial<DhcpPacket> = {}): DhcpPacket {
  return {
    op: 1,
    htype: 1,
    hlen: 6,
    hops: 0,
    xid: 0x01020304,
    secs: 0,
    flags: 0,
    ciaddr: NO_ADDRESS,
    yiaddr: NO_ADDRESS,
    siaddr: NO_ADDRESS,
    giaddr: NO_ADDRESS,
    chaddr: fromHex('525400000001 00000000000000000000'),
    sname: '',
    file: '',
    options: new Map(),
    ...changes,
  };
}

/** An option map of hex values: `options({ 53: '01', 50: '0a630032' })`. */
export function options(values: Readonly<Record<number, string>>): Map<number, Buffer> {
  return new Map(Object.entries(values).map(([code, hex]) => [Number(code), fromHex(hex)]));
}
