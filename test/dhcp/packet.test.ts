import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DhcpPacket, decodePacket, encodePacket } from '../../src/dhcp/packet.ts';
import { MalformedPacket, UnencodablePacket } from '../../src/dhcp/packet-errors.ts';
import type { Ipv4 } from '../../src/domain/network/ipv4.ts';
import {
  fromHex,
  ip,
  options,
  packetFixtureNames,
  packetOf,
  readPacketFixture,
} from '../support/dhcp-packets.ts';

const zeros = (count: number): string => '00'.repeat(count);
const HEADER = `01 01 06 00 01020304 0000 0000 ${zeros(16)} 525400000001${zeros(10)} ${zeros(64)} ${zeros(128)} 63825363`;

/** Packet bytes: the header of packetOf(), these options, padded to 300. */
function bytesWith(optionsHex: string, header = HEADER): Buffer {
  const bytes = fromHex(`${header}${optionsHex}`);
  return Buffer.concat([bytes, Buffer.alloc(Math.max(0, 300 - bytes.length))]);
}

const BOTH_WAYS: readonly { name: string; value: DhcpPacket; bytes: Buffer }[] = [
  { name: 'no options', value: packetOf(), bytes: bytesWith('ff') },
  {
    name: 'every header field',
    value: packetOf({
      op: 2,
      htype: 32,
      hlen: 0,
      hops: 3,
      xid: 0xffffffff,
      secs: 65535,
      flags: 0x8000,
      ciaddr: ip('10.0.0.1'),
      yiaddr: ip('10.0.0.2'),
      siaddr: ip('255.255.255.255'),
      giaddr: ip('192.168.0.1'),
      chaddr: fromHex('000102030405060708090a0b0c0d0e0f'),
      sname: 'boot',
      file: 'a/b.efi',
    }),
    bytes: bytesWith(
      'ff',
      `02 20 00 03 ffffffff ffff 8000 0a000001 0a000002 ffffffff c0a80001 000102030405060708090a0b0c0d0e0f
       626f6f74${zeros(60)} 612f622e656669${zeros(121)} 63825363`,
    ),
  },
  {
    name: '53 and 54 first, then ascending, 82 last (RFC 3046 §2.1)',
    value: packetOf({
      options: options({ 175: 'b00101', 82: '010161', 1: 'ffffff00', 54: '0a000001', 53: '02' }),
    }),
    bytes: bytesWith('350102 36040a000001 0104ffffff00 af03b00101 5203010161 ff'),
  },
  {
    name: 'empty option value',
    value: packetOf({ options: options({ 80: '' }) }),
    bytes: bytesWith('5000 ff'),
  },
  {
    name: 'exactly 255 bytes is one piece',
    value: packetOf({ options: options({ 67: 'ab'.repeat(255) }) }),
    bytes: bytesWith(`43ff${'ab'.repeat(255)} ff`),
  },
  {
    name: '256 bytes are two pieces (RFC 3396 §6)',
    value: packetOf({ options: options({ 67: 'ab'.repeat(256) }) }),
    bytes: bytesWith(`43ff${'ab'.repeat(255)} 4301ab ff`),
  },
];

describe('a packet both ways', () => {
  test.each(BOTH_WAYS)('$name', ({ value, bytes }) => {
    expect(encodePacket(value).toString('hex')).toBe(bytes.toString('hex'));
    expect(decodePacket(bytes)).toEqual(value);
  });
});

describe('decodePacket reads what others write', () => {
  test('pads between options', () => {
    expect(decodePacket(bytesWith('0000 350101 00 0c0161 ff')).options).toEqual(
      options({ 53: '01', 12: '61' }),
    );
  });
  test('bytes after End are padding, whatever they are', () => {
    expect(decodePacket(bytesWith('350101 ff 0c')).options).toEqual(options({ 53: '01' }));
  });
  test('no End, last option whole: a relay that cuts after option 82', () => {
    expect(decodePacket(fromHex(`${HEADER} 350101 5203010161`)).options).toEqual(
      options({ 53: '01', 82: '010161' }),
    );
  });
  test('repeated options are one value (RFC 3396 §7)', () => {
    expect(decodePacket(bytesWith('0c0161 350101 0c0162 ff')).options).toEqual(
      options({ 12: '6162', 53: '01' }),
    );
  });
  test('unknown options stay intact', () => {
    expect(decodePacket(bytesWith('e0 03 010203 ff')).options).toEqual(options({ 224: '010203' }));
  });
  test('text ends at the first NUL; a full field without NUL is read whole', () => {
    const bytes = bytesWith('ff');
    bytes.write('a\0b', 44, 'latin1');
    bytes.fill('x', 108, 236);
    expect(decodePacket(bytes)).toMatchObject({ sname: 'a', file: 'x'.repeat(128) });
  });
  test('option overload: options, then file, then sname (RFC 3396 §5)', () => {
    const packet = decodePacket(readPacketFixture('overload-both-discover'));
    expect(packet).toMatchObject({ file: '', sname: '' });
    expect(packet.options.get(60)?.toString()).toBe('PXEClient:Arch:00007:UNDI:003016');
    expect(packet.options.get(93)).toEqual(fromHex('0007'));
    expect(packet.options.get(12)?.toString()).toBe('n1');
    expect(packet.options.has(52)).toBe(false);
  });
  test.each([
    { overload: '01', snameArea: 'srv\0', fileArea: '\xff', sname: 'srv', file: '' },
    { overload: '02', snameArea: '\xff', fileArea: 'f\0', sname: '', file: 'f' },
  ])('overload $overload leaves the other field a text', ({ overload, snameArea, fileArea, sname, file }) => {
    const bytes = bytesWith(`3401${overload} ff`);
    bytes.write(snameArea, 44, 'latin1');
    bytes.write(fileArea, 108, 'latin1');
    expect(decodePacket(bytes)).toMatchObject({ sname, file });
  });
  test('the result shares no memory with the datagram', () => {
    const bytes = bytesWith('0c0161 ff');
    const packet = decodePacket(bytes);
    bytes.fill(0xee);
    expect(packet).toEqual(packetOf({ options: options({ 12: '61' }) }));
  });
});

/** RFC 951: 300 bytes, and a vendor area that begins with zeros. */
function plainBootp(op: number): Buffer {
  const bytes = Buffer.concat([fromHex(HEADER).subarray(0, 236), Buffer.alloc(64)]);
  bytes[0] = op;
  bytes[250] = 53;
  return bytes;
}

test('a BOOTP request without the magic cookie has no options, whatever stands in its vendor area (RFC 951 §3)', () => {
  expect(decodePacket(plainBootp(1)).options).toEqual(new Map());
});

describe('decodePacket refuses', () => {
  const swap = (at: number, value: number): Buffer => {
    const bytes = bytesWith('ff');
    bytes[at] = value;
    return bytes;
  };
  test.each([
    { name: 'nothing', bytes: Buffer.alloc(0), code: 'too-short' },
    { name: 'a header without the cookie', bytes: bytesWith('ff').subarray(0, 239), code: 'too-short' },
    { name: 'op 0', bytes: swap(0, 0), code: 'bad-op' },
    { name: 'op 3', bytes: swap(0, 3), code: 'bad-op' },
    { name: 'hlen 17', bytes: swap(2, 17), code: 'bad-hardware-length' },
    { name: 'another cookie', bytes: swap(236, 0), code: 'no-magic-cookie' },
    {
      name: 'no cookie in a short packet',
      bytes: Buffer.concat([fromHex(HEADER).subarray(0, 236), Buffer.alloc(63)]),
      code: 'no-magic-cookie',
    },
    { name: 'no cookie in a reply', bytes: plainBootp(2), code: 'no-magic-cookie' },
    { name: 'an option without length', bytes: fromHex(`${HEADER} 35`), code: 'option-truncated' },
    { name: 'an option over the end', bytes: fromHex(`${HEADER} 350201`), code: 'option-truncated' },
    { name: 'overload 0', bytes: bytesWith('340100 ff'), code: 'bad-overload' },
    { name: 'overload 4', bytes: bytesWith('340104 ff'), code: 'bad-overload' },
    { name: 'overload of two bytes', bytes: bytesWith('34020101 ff'), code: 'bad-overload' },
  ])('$name: $code', ({ bytes, code }) => {
    expect(() => decodePacket(bytes)).toThrow(expect.objectContaining({ name: 'MalformedPacket', code }));
  });
  test('overload inside an overloaded field', () => {
    const bytes = bytesWith('340101 ff');
    bytes.write('\x34\x01\x01\xff', 108, 'latin1');
    expect(() => decodePacket(bytes)).toThrow(expect.objectContaining({ code: 'bad-overload' }));
  });
  test('an option in an overloaded sname cannot reach into file', () => {
    const bytes = bytesWith('340102 ff');
    bytes.write('\x0c\x3f', 44, 'latin1');
    expect(() => decodePacket(bytes)).toThrow(expect.objectContaining({ code: 'option-truncated' }));
  });
});

describe('encodePacket refuses instead of cutting', () => {
  test.each([
    { name: 'file of 128 bytes', change: { file: 'x'.repeat(128) }, code: 'text-too-long' },
    { name: 'sname of 64 bytes', change: { sname: 'x'.repeat(64) }, code: 'text-too-long' },
    { name: 'NUL in a text', change: { file: 'a\0b' }, code: 'bad-text' },
    { name: 'a character over one byte', change: { file: 'a€' }, code: 'bad-text' },
    { name: 'pad as an option', change: { options: options({ 0: '01' }) }, code: 'bad-option' },
    { name: 'End as an option', change: { options: options({ 255: '01' }) }, code: 'bad-option' },
    { name: 'overload', change: { options: options({ 52: '01' }) }, code: 'bad-option' },
    { name: 'xid of 33 bits', change: { xid: 2 ** 32 }, code: 'field-range' },
    { name: 'negative secs', change: { secs: -1 }, code: 'field-range' },
    { name: 'op 3', change: { op: 3 }, code: 'field-range' },
    { name: 'hlen 17', change: { hlen: 17 }, code: 'field-range' },
    { name: 'short chaddr', change: { chaddr: Buffer.alloc(6) }, code: 'field-range' },
  ])('$name: $code', ({ change, code }) => {
    expect(() => encodePacket(packetOf(change))).toThrow(
      expect.objectContaining({ name: 'UnencodablePacket', code }),
    );
  });
  test('file of 127 and sname of 63 bytes fit', () => {
    const packet = packetOf({ file: 'x'.repeat(127), sname: 'y'.repeat(63) });
    expect(decodePacket(encodePacket(packet))).toEqual(packet);
  });
  test('a packet one byte over what the client takes', () => {
    const packet = packetOf({ options: options({ 12: 'aa'.repeat(100), 67: 'bb'.repeat(203) }) });
    expect(encodePacket(packet, 548)).toHaveLength(548);
    expect(() => encodePacket(packet, 547)).toThrow(UnencodablePacket);
  });
});

describe('whatever comes by wire', () => {
  test.each(packetFixtureNames())('%s decodes, and no cut of it does worse than MalformedPacket', (name) => {
    const whole = readPacketFixture(name);
    const packet = decodePacket(whole);
    expect(decodePacket(encodePacket(packet))).toEqual(packet);
    for (let length = 0; length < whole.length; length += 1) decodesOrIsMalformed(whole.subarray(0, length));
  });

  test('mutated packets decode or are MalformedPacket', () => {
    const fixtures = packetFixtureNames().map(readPacketFixture);
    const mutation = fc.record({ at: fc.nat(600), value: fc.nat(255) });
    let decoded = 0;
    let malformed = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...fixtures),
        fc.array(mutation, { minLength: 1, maxLength: 12 }),
        (fixture, mutations) => {
          const bytes = Buffer.from(fixture);
          for (const { at, value } of mutations) bytes[236 + (at % (bytes.length - 236))] = value;
          if (decodesOrIsMalformed(bytes)) decoded += 1;
          else malformed += 1;
        },
      ),
      { seed: 20260801, numRuns: 20_000 },
    );
    // Both outcomes happen often, so the property looked at both.
    expect(decoded).toBeGreaterThan(1000);
    expect(malformed).toBeGreaterThan(1000);
  });

  test('decode(encode(packet)) is the packet', () => {
    fc.assert(
      fc.property(arbitraryPacket(), (packet) => {
        const bytes = encodePacket(packet);
        expect(bytes.length).toBeGreaterThanOrEqual(300);
        expect(decodePacket(bytes)).toEqual(packet);
      }),
      { seed: 20260802, numRuns: 2000 },
    );
  });
});

/** True if decoded. Fails the test on any error but MalformedPacket. */
function decodesOrIsMalformed(bytes: Buffer): boolean {
  try {
    decodePacket(bytes);
    return true;
  } catch (error) {
    if (!(error instanceof MalformedPacket)) throw error;
    return false;
  }
}

function arbitraryPacket(): fc.Arbitrary<DhcpPacket> {
  const uint = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 });
  const address = uint(32).map((value) => value as Ipv4);
  const bytes = (maxLength: number, minLength = 0) =>
    fc.uint8Array({ minLength, maxLength }).map((value) => Buffer.from(value));
  const text = (maxLength: number) =>
    fc.array(fc.integer({ min: 1, max: 255 }), { maxLength }).map((codes) => String.fromCharCode(...codes));
  const optionCode = fc.integer({ min: 1, max: 254 }).filter((code) => code !== 52);
  return fc.record({
    op: fc.constantFrom(1, 2),
    htype: uint(8),
    hlen: fc.integer({ min: 0, max: 16 }),
    hops: uint(8),
    xid: uint(32),
    secs: uint(16),
    flags: uint(16),
    ciaddr: address,
    yiaddr: address,
    siaddr: address,
    giaddr: address,
    chaddr: bytes(16, 16),
    sname: text(63),
    file: text(127),
    options: fc.array(fc.tuple(optionCode, bytes(700)), { maxLength: 8 }).map((list) => new Map(list)),
  });
}
