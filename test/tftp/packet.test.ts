import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodePacket,
  encodePacket,
  MalformedTftp,
  type TftpPacket,
  UnencodableTftp,
} from '../../src/tftp/packet.ts';

/** Bytes written as text: `\x00\x01` and letters alike. */
function bytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

const BOTH_WAYS: readonly { name: string; value: TftpPacket; bytes: Buffer }[] = [
  {
    name: 'read request without options',
    value: { type: 'rrq', name: 'pxelinux.0', mode: 'octet', options: [] },
    bytes: bytes('\x00\x01pxelinux.0\x00octet\x00'),
  },
  {
    name: 'read request with options in their order and spelling',
    value: {
      type: 'rrq',
      name: '/boot\\grub.efi\xff',
      mode: 'OCTET',
      options: [
        { name: 'tsize', value: '0' },
        { name: 'BLKSIZE', value: '1468' },
      ],
    },
    bytes: bytes('\x00\x01/boot\\grub.efi\xff\x00OCTET\x00tsize\x000\x00BLKSIZE\x001468\x00'),
  },
  {
    name: 'an option with an empty value',
    value: { type: 'rrq', name: 'a', mode: 'octet', options: [{ name: 'multicast', value: '' }] },
    bytes: bytes('\x00\x01a\x00octet\x00multicast\x00\x00'),
  },
  {
    name: 'write request',
    value: { type: 'wrq', name: 'a', mode: 'netascii', options: [] },
    bytes: bytes('\x00\x02a\x00netascii\x00'),
  },
  {
    name: 'data',
    value: { type: 'data', block: 0xfffe, payload: bytes('x\x00y') },
    bytes: bytes('\x00\x03\xff\xfex\x00y'),
  },
  {
    name: 'empty data',
    value: { type: 'data', block: 0, payload: Buffer.alloc(0) },
    bytes: bytes('\x00\x03\x00\x00'),
  },
  { name: 'ack', value: { type: 'ack', block: 258 }, bytes: bytes('\x00\x04\x01\x02') },
  {
    name: 'error',
    value: { type: 'error', code: 8, message: 'User aborted' },
    bytes: bytes('\x00\x05\x00\x08User aborted\x00'),
  },
  {
    name: 'oack',
    value: { type: 'oack', options: [{ name: 'tsize', value: '12' }] },
    bytes: bytes('\x00\x06tsize\x0012\x00'),
  },
];

describe('both ways', () => {
  test.for(BOTH_WAYS)('$name', ({ value, bytes: wire }) => {
    expect(encodePacket(value)).toEqual(wire);
    expect(decodePacket(wire)).toEqual(value);
  });
});

describe('forgiven when read', () => {
  test.for<{ name: string; wire: Buffer; value: TftpPacket }>([
    {
      name: 'a request padded with NULs',
      wire: bytes('\x00\x01a\x00octet\x00tsize\x000\x00\x00\x00\x00'),
      value: { type: 'rrq', name: 'a', mode: 'octet', options: [{ name: 'tsize', value: '0' }] },
    },
    {
      name: 'an ack with bytes after it',
      wire: bytes('\x00\x04\x00\x01\x00'),
      value: { type: 'ack', block: 1 },
    },
    {
      name: 'an error without its NUL',
      wire: bytes('\x00\x05\x00\x00TFTP Aborted'),
      value: { type: 'error', code: 0, message: 'TFTP Aborted' },
    },
    {
      name: 'an error without a message',
      wire: bytes('\x00\x05\x00\x02'),
      value: { type: 'error', code: 2, message: '' },
    },
  ])('$name', ({ wire, value }) => expect(decodePacket(wire)).toEqual(value));
});

describe('refused when read, with the reason', () => {
  test.for([
    { wire: '', reason: 'no opcode: 0 bytes' },
    { wire: '\x00', reason: 'no opcode: 1 bytes' },
    { wire: '\x00\x00', reason: 'unknown opcode 0' },
    { wire: '\x01\x01a\x00octet\x00', reason: 'unknown opcode 257' },
    { wire: '\x00\x07', reason: 'unknown opcode 7' },
    { wire: '\x00\x01', reason: 'file name has no end' },
    { wire: '\x00\x01name', reason: 'file name has no end' },
    { wire: '\x00\x01name\x00', reason: 'mode has no end' },
    { wire: '\x00\x01name\x00octet', reason: 'mode has no end' },
    { wire: '\x00\x01name\x00\x00', reason: 'empty mode' },
    { wire: '\x00\x01name\x00octet\x00tsize', reason: 'option name has no end' },
    { wire: '\x00\x01name\x00octet\x00tsize\x00', reason: 'value of option "tsize" has no end' },
    { wire: '\x00\x01name\x00octet\x00\x00x\x00', reason: 'empty option name' },
    { wire: '\x00\x03\x00', reason: 'DATA block number is cut off' },
    { wire: `\x00\x03\x00\x01${'x'.repeat(65465)}`, reason: 'DATA of 65465 bytes' },
    { wire: '\x00\x04\x00', reason: 'ACK block number is cut off' },
    { wire: '\x00\x05', reason: 'ERROR code is cut off' },
    { wire: '\x00\x06tsize', reason: 'option name has no end' },
  ])('$reason', ({ wire, reason }) => {
    expect(() => decodePacket(bytes(wire))).toThrow(MalformedTftp);
    expect(() => decodePacket(bytes(wire))).toThrow(reason);
  });
});

test('the reason of a refusal is short, however long what it is about: it goes back to whoever claims to have asked', () => {
  const wire = bytes(`\x00\x01name\x00octet\x00${'\x01'.repeat(1_400)}\x00value`);
  expect(decodeOrReason(wire)).toMatch(/^value of option "(\\u0001)+\.\.\." has no end .{1,40}$/);
});

describe('refused when written: nothing is cut to fit', () => {
  const request = { type: 'rrq', name: 'a', mode: 'octet', options: [] } as const;
  test.for<{ name: string; value: TftpPacket }>([
    { name: 'NUL in a name', value: { ...request, name: 'a\0b' } },
    { name: 'a character of two bytes', value: { ...request, name: 'ā' } },
    { name: 'empty mode', value: { ...request, mode: '' } },
    { name: 'empty option name', value: { ...request, options: [{ name: '', value: '1' }] } },
    { name: 'a request of 513 bytes', value: { ...request, name: 'x'.repeat(504) } },
    { name: 'block number 65536', value: { type: 'ack', block: 65536 } },
    { name: 'block number -1', value: { type: 'data', block: -1, payload: Buffer.alloc(1) } },
    { name: 'error code 0.5', value: { type: 'error', code: 0.5, message: '' } },
    { name: 'a block of 65465 bytes', value: { type: 'data', block: 1, payload: Buffer.alloc(65465) } },
    { name: 'NUL in an OACK', value: { type: 'oack', options: [{ name: 'tsize', value: '\0' }] } },
  ])('$name', ({ value }) => expect(() => encodePacket(value)).toThrow(UnencodableTftp));

  test('512 bytes of request are the last that fit', () => {
    expect(encodePacket({ ...request, name: 'x'.repeat(503) })).toHaveLength(512);
  });
});

test('every prefix of every packet decodes to no more or is refused with a reason', () => {
  for (const { bytes: wire } of BOTH_WAYS)
    for (let length = 0; length < wire.length; length += 1) {
      const decoded = decodeOrReason(wire.subarray(0, length));
      if (typeof decoded === 'string') expect(decoded).not.toBe('');
      else expect(encodePacket(decoded).length).toBeLessThanOrEqual(wire.length);
    }
});

test('any bytes decode, or are refused as malformed; what decodes says the same when written again', () => {
  const opcode = fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 7);
  fc.assert(
    fc.property(opcode, fc.uint8Array({ maxLength: 60 }), (code, rest) => {
      const decoded = decodeOrReason(Buffer.from([0, code, ...rest]));
      if (typeof decoded !== 'string') expect(decodePacket(encodePacket(decoded))).toEqual(decoded);
    }),
    { seed: 1350, numRuns: 5_000 },
  );
});

function decodeOrReason(wire: Buffer): TftpPacket | string {
  try {
    return decodePacket(wire);
  } catch (error) {
    if (error instanceof MalformedTftp) return error.message;
    throw error;
  }
}
