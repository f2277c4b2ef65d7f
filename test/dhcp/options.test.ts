import { describe, expect, test } from 'vitest';
import {
  ipsBytes,
  type OptionRead,
  readBytes,
  readIp,
  readIps,
  readText,
  readU8,
  readU8List,
  readU16,
  readU16List,
  readU32,
  textBytes,
  u8Bytes,
  u16Bytes,
  u32Bytes,
} from '../../src/dhcp/options.ts';
import { ipv4ToBytes } from '../../src/domain/network/ipv4.ts';
import { fromHex, ip, options } from '../support/dhcp-packets.ts';

type Reader = (map: ReadonlyMap<number, Buffer>, code: number) => OptionRead<unknown>;

const BOTH_WAYS: readonly { name: string; read: Reader; value: unknown; bytes: Buffer; hex: string }[] = [
  { name: 'u8', read: readU8, value: 255, bytes: u8Bytes(255), hex: 'ff' },
  { name: 'u16', read: readU16, value: 0x0102, bytes: u16Bytes(0x0102), hex: '0102' },
  { name: 'u32', read: readU32, value: 0xfffffffe, bytes: u32Bytes(0xfffffffe), hex: 'fffffffe' },
  { name: 'ip', read: readIp, value: ip('10.0.0.1'), bytes: ipv4ToBytes(ip('10.0.0.1')), hex: '0a000001' },
  {
    name: 'ips',
    read: readIps,
    value: [ip('10.0.0.1'), ip('255.0.0.2')],
    bytes: ipsBytes([ip('10.0.0.1'), ip('255.0.0.2')]),
    hex: '0a000001 ff000002',
  },
  { name: 'text', read: readText, value: 'Kübel', bytes: textBytes('Kübel'), hex: '4bc3bc62656c' },
];

test.each(BOTH_WAYS)('$name both ways', ({ read, value, bytes, hex }) => {
  expect(bytes).toEqual(fromHex(hex));
  expect(read(options({ 9: hex }), 9)).toEqual({ state: 'value', value });
});

describe('readers', () => {
  test.each([
    { name: 'u8 list', read: readU8List, hex: '0306', value: [3, 6] },
    { name: 'u16 list', read: readU16List, hex: '00070010', value: [7, 16] },
    { name: 'bytes', read: readBytes, hex: 'ff', value: fromHex('ff') },
    { name: 'text with one NUL at its end', read: readText, hex: '616200', value: 'ab' },
    { name: 'text with several', read: readText, hex: '61620000', value: 'ab' },
  ])('$name', ({ read, hex, value }) => {
    expect((read as Reader)(options({ 9: hex }), 9)).toEqual({ state: 'value', value });
  });

  test.each([
    { name: 'u8 of none', read: readU8, hex: '' },
    { name: 'u8 of two', read: readU8, hex: '0101' },
    { name: 'u16 of one', read: readU16, hex: '01' },
    { name: 'u32 of three', read: readU32, hex: '010101' },
    { name: 'ip of five', read: readIp, hex: '0101010101' },
    { name: 'ips of none', read: readIps, hex: '' },
    { name: 'ips of six', read: readIps, hex: '010101010101' },
    { name: 'u16 list of three', read: readU16List, hex: '010101' },
    { name: 'u8 list of none', read: readU8List, hex: '' },
    { name: 'bytes of none', read: readBytes, hex: '' },
    { name: 'text of none', read: readText, hex: '' },
    { name: 'text of NULs', read: readText, hex: '0000' },
    { name: 'text with a NUL inside', read: readText, hex: '610062' },
    { name: 'text with a line feed', read: readText, hex: '610a62' },
    { name: 'text that is no UTF-8', read: readText, hex: 'ff' },
  ])('$name is malformed, not absent', ({ read, hex }) => {
    expect((read as Reader)(options({ 9: hex }), 9)).toEqual({
      state: 'malformed',
      code: 9,
      reason: expect.stringContaining('option 9'),
    });
  });

  test.each([readU8, readU16, readU32, readIp, readIps, readText, readBytes, readU8List, readU16List])(
    'absent is absent',
    (read) => {
      expect(read(new Map(), 9)).toEqual({ state: 'absent' });
    },
  );
});
