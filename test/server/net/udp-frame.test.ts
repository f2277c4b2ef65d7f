import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeUdpFrame, encodeUdpFrame, type UdpFrame } from '../../../server/net/udp-frame.ts';
import { ipv4FromNumber, parseIpv4 } from '../../../src/domain/network/ipv4.ts';
import { fromHex } from '../../support/dhcp-packets.ts';
import { must } from '../../support/must.ts';

const ip = (text: string) => must(parseIpv4(text), text);

/** Server port to client port. */
const frame = (from: string, to: string, payload: string): UdpFrame => ({
  source: { address: ip(from), port: 67 },
  destination: { address: ip(to), port: 68 },
  payload: Buffer.from(payload, 'hex'),
});

// The bytes were computed by a second implementation in another language.
const FRAMES = [
  {
    name: 'no payload',
    value: frame('10.0.0.1', '10.0.0.11', ''),
    bytes: '4500001c00004000401126c60a0000010a00000b 004300440008eb4b',
  },
  {
    name: 'even payload',
    value: frame('10.0.0.1', '10.0.0.11', '02010600'),
    bytes: '4500002000004000401126c20a0000010a00000b 00430044000ce34202010600',
  },
  {
    name: 'odd payload: the missing byte counts as zero',
    value: frame('10.0.0.1', '10.0.0.11', '020106'),
    bytes: '4500001f00004000401126c30a0000010a00000b 00430044000be344020106',
  },
  {
    name: 'carries beyond 16 bits',
    value: frame('192.168.255.254', '192.168.255.1', 'ffffffffffff'),
    bytes: '4500002200004000 4011ba79c0a8fffec0a8ff01 00430044000e7ef9ffffffffffff',
  },
  {
    name: 'a checksum of zero is sent as ffff',
    value: frame('10.0.0.1', '10.0.0.11', 'eb47'),
    bytes: '4500001e00004000401126c40a0000010a00000b 00430044000affffeb47',
  },
];

/** RFC 1071 §1: a block with a right checksum inside sums up to all ones. */
function onesComplementSum(bytes: Buffer): number {
  const even = bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.of(0)]);
  let sum = 0;
  for (let at = 0; at < even.length; at += 2) {
    sum += even.readUInt16BE(at);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return sum;
}

describe('encodeUdpFrame', () => {
  it.each(FRAMES)('$name', ({ value, bytes }) => {
    expect(encodeUdpFrame(value).toString('hex')).toBe(bytes.replaceAll(' ', ''));
  });

  it('has lengths and checksums that a receiver accepts, whatever goes in', () => {
    const address = fc.integer({ min: 0, max: 0xffffffff }).map(ipv4FromNumber);
    const end = fc.record({ address, port: fc.integer({ min: 1, max: 0xffff }) });
    const payload = fc.uint8Array({ maxLength: 1472 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(end, end, payload, (source, destination, content) => {
        const bytes = encodeUdpFrame({ source, destination, payload: content });
        const udp = bytes.subarray(20);
        expect(bytes.readUInt16BE(2)).toBe(bytes.length);
        expect(udp.readUInt16BE(4)).toBe(udp.length);
        expect(udp.subarray(8)).toEqual(content);
        expect(onesComplementSum(bytes.subarray(0, 20))).toBe(0xffff);
        const pseudo = Buffer.concat([bytes.subarray(12, 20), Buffer.of(0, 17, 0, 0)]);
        pseudo.writeUInt16BE(udp.length, 10);
        expect(onesComplementSum(Buffer.concat([pseudo, udp]))).toBe(0xffff);
        expect(udp.readUInt16BE(6)).not.toBe(0);
        expect(decodeUdpFrame(bytes)).toEqual({ source, destination, payload: content });
      }),
      { seed: 67, numRuns: 300 },
    );
  });

  it('refuses what the length fields cannot hold instead of cutting it', () => {
    const most = 0xffff - 28;
    const of = (length: number) => ({ ...frame('10.0.0.1', '10.0.0.2', ''), payload: Buffer.alloc(length) });
    expect(encodeUdpFrame(of(most))).toHaveLength(0xffff);
    expect(() => encodeUdpFrame(of(most + 1))).toThrow(RangeError);
  });
});

describe('decodeUdpFrame', () => {
  const whole = encodeUdpFrame(frame('10.0.0.1', '10.0.0.2', 'abcdef'));
  const changed = (at: number, value: number) => {
    const bytes = Buffer.from(whole);
    bytes[at] = value;
    return bytes;
  };

  it('leaves out what Ethernet padded, and skips IP options', () => {
    const padded = Buffer.concat([whole, Buffer.alloc(10)]);
    expect(decodeUdpFrame(padded)?.payload).toEqual(fromHex('abcdef'));
    const optioned = Buffer.concat([whole.subarray(0, 20), Buffer.alloc(4, 1), whole.subarray(20)]);
    optioned[0] = 0x46;
    expect(decodeUdpFrame(optioned)?.payload).toEqual(fromHex('abcdef'));
  });

  it.each([
    { name: 'another version', bytes: changed(0, 0x65) },
    { name: 'a header shorter than one', bytes: changed(0, 0x44) },
    { name: 'a header longer than the packet', bytes: changed(0, 0x4f) },
    { name: 'TCP', bytes: changed(9, 6) },
    { name: 'a first fragment', bytes: changed(6, 0x20) },
    { name: 'a later fragment', bytes: changed(7, 1) },
    { name: 'a length beyond the end', bytes: changed(25, 60) },
    { name: 'a length below its header', bytes: changed(25, 7) },
    ...[0, 19, 27, 30].map((length) => ({ name: `${length} bytes of it`, bytes: whole.subarray(0, length) })),
  ])('is not made of $name', ({ bytes }) => {
    expect(decodeUdpFrame(bytes)).toBeUndefined();
  });
});
