import { describe, expect, test } from 'vitest';
import { decodeChassisStatus } from '../../src/ipmi/chassis.ts';
import { decodeDeviceId, manufacturerName } from '../../src/ipmi/device-id.ts';
import {
  decodeFruArea,
  decodeFruData,
  decodeFruHeader,
  decodeFruInfo,
  fruAreaBytes,
} from '../../src/ipmi/fru.ts';
import { decodeLanAddress, decodeLanMac } from '../../src/ipmi/lan-config.ts';
import { MalformedMessage } from '../../src/ipmi/malformed.ts';
import { decodeSelEntry, decodeSelInfo } from '../../src/ipmi/sel.ts';
import { decodeAuthCapabilities } from '../../src/ipmi/session-commands.ts';
import { readText } from '../../src/ipmi/type-length.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** Answers as they are behind the completion code, and what they say. */
const ANSWERS: readonly { name: string; decode: (data: Buffer) => unknown; bytes: string; value: object }[] =
  [
    {
      name: 'Get Chassis Status',
      decode: decodeChassisStatus,
      bytes: '21 10 60',
      value: { on: true, overload: false, powerFault: false, restorePolicy: 'as-before', identifying: true },
    },
    {
      name: 'Get Chassis Status: off, power fault',
      decode: decodeChassisStatus,
      bytes: '08 00 00 00',
      value: { on: false, powerFault: true, restorePolicy: 'stays-off', identifying: undefined },
    },
    {
      name: 'Get Device ID',
      decode: decodeDeviceId,
      bytes: '20 81 02 45 02 bf 7c2a00 0c0b 00000000',
      value: {
        firmwareVersion: '2.45',
        ipmiVersion: '2.0',
        manufacturer: 10876,
        product: 0x0b0c,
        hasSdr: true,
        hasSel: true,
        hasFru: true,
      },
    },
    {
      name: 'Get Channel Authentication Capabilities',
      decode: decodeAuthCapabilities,
      bytes: '01 84 34 02',
      value: { channel: 1, md5: true, ipmi20: true, kg: true, perMessageOff: true },
    },
    {
      name: 'Get FRU Inventory Area Info',
      decode: decodeFruInfo,
      bytes: '0008 01',
      value: { bytes: 2048, unitBytes: 2 },
    },
    { name: 'Get SEL Info', decode: decodeSelInfo, bytes: '51 0201', value: { entries: 258 } },
    {
      name: 'Get SEL Entry',
      decode: decodeSelEntry,
      bytes: '0300 0200 02 0000005f 2000 04 01 30 01 57 29 28',
      value: {
        next: 3,
        entry: {
          id: 2,
          atSeconds: 0x5f000000,
          message: 'Temperature sensor 0x30: upper non-critical going high (reading 0x29, threshold 0x28)',
        },
      },
    },
    {
      name: 'Get SEL Entry: before the clock was set, no longer',
      decode: decodeSelEntry,
      bytes: 'ffff 0100 02 12000000 2000 04 08 04 ef 03 ff ff',
      value: {
        next: 0xffff,
        entry: { atSeconds: null, message: 'Power supply sensor 0x04: input lost, no longer' },
      },
    },
    {
      name: 'Get SEL Entry: a kind that has no words',
      decode: decodeSelEntry,
      bytes: 'ffff 0100 02 0000005f 2000 04 c1 04 71 a3 12 34',
      value: { entry: { message: 'Type 0xc1 sensor 0x04: event 0x03 of kind 0x71 (data 0x12 0x34)' } },
    },
    {
      name: 'Get SEL Entry: OEM with a time',
      decode: decodeSelEntry,
      bytes: 'ffff 0100 c0 0000005f 7c2a00 010203040506',
      value: { entry: { atSeconds: 0x5f000000, message: 'OEM record 0xc0: 7c2a00010203040506' } },
    },
    {
      name: 'Get SEL Entry: OEM without one',
      decode: decodeSelEntry,
      bytes: 'ffff 0100 e0 0102030405060708090a0b0c0d',
      value: { entry: { atSeconds: null, message: 'OEM record 0xe0: 0102030405060708090a0b0c0d' } },
    },
  ];

describe('answers', () => {
  test.each(ANSWERS)('$name', ({ decode, bytes, value }) => {
    expect(decode(hex(bytes))).toMatchObject(value);
  });

  test.each(ANSWERS)('$name: beginnings are malformed, or all that is needed', ({ decode, bytes }) => {
    for (let length = 0; length < hex(bytes).length; length += 1) {
      try {
        decode(hex(bytes).subarray(0, length));
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedMessage);
      }
    }
    expect(() => decode(Buffer.alloc(0))).toThrow(MalformedMessage);
  });

  test('a record of a type that is none', () => {
    expect(() => decodeSelEntry(hex('ffff 0100 03 0000005f 2000 04 01 30 01 57 29 28'))).toThrow(
      MalformedMessage,
    );
  });
});

test.each([
  [10876, 'Supermicro'],
  [99999, 'enterprise 99999'],
  [0, null],
  [0x0fffff, null],
])('manufacturer %i', (number, name) => {
  expect(manufacturerName(number)).toBe(name);
});

describe('LAN', () => {
  test('address and MAC; none is none', () => {
    expect(decodeLanAddress(hex('11 0a000001'))).toBe('10.0.0.1');
    expect(decodeLanAddress(hex('11 00000000'))).toBeNull();
    expect(decodeLanMac(hex('11 52540000bc01'))).toBe('52:54:00:00:bc:01');
    expect(decodeLanMac(hex('11 000000000000'))).toBeNull();
  });
});

describe('text', () => {
  test.each([
    ['8-bit', 3, '44656c6c20', 'Dell'],
    ['6-bit', 2, '29dca6', 'IPMI'],
    ['BCD plus', 1, '12a3bc', '12 3-.'],
    ['binary', 0, '0102', '0102'],
    ['with what a terminal would obey', 3, '411b5b324a42', 'A[2JB'],
  ])('%s', (_, coding, bytes, said) => {
    expect(readText(coding, hex(bytes))).toBe(said);
  });
});

describe('FRU', () => {
  test('a header names its areas, in bytes', () => {
    expect([...decodeFruHeader(hex('01 00 01 05 00 00 00 f9'))]).toEqual([
      ['chassis', 8],
      ['board', 40],
    ]);
    expect(() => decodeFruHeader(hex('02 00 01 05 00 00 00 f8'))).toThrow(MalformedMessage);
    expect(fruAreaBytes(hex('0103'))).toBe(24);
  });

  test('fields end where the area says, or where it is cut off', () => {
    const chassis = hex('01 02 17 c1 41 c3 534e31 c1 00');
    expect([...decodeFruArea('chassis', chassis)]).toEqual([]);
    const product = hex('01 03 00 c4 44656c6c c0 c2 5031 c1 00');
    expect([...decodeFruArea('product', product)]).toEqual([
      ['manufacturer', 'Dell'],
      ['part', 'P1'],
    ]);
    expect([...decodeFruArea('product', product.subarray(0, 10))]).toEqual([['manufacturer', 'Dell']]);
  });

  test('data that says that it is longer than it is, or nothing at all', () => {
    expect(decodeFruData(hex('02 aabb'), 1)).toEqual(hex('aabb'));
    expect(() => decodeFruData(hex('02 aa'), 1)).toThrow(MalformedMessage);
    expect(() => decodeFruData(hex('00'), 1)).toThrow(MalformedMessage);
  });
});
