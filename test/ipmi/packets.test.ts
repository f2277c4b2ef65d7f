import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { completionCode } from '../../src/ipmi/completion-codes.ts';
import { bmcKey, passwordKey, userName } from '../../src/ipmi/keys.ts';
import { MalformedMessage, UnencodableMessage } from '../../src/ipmi/malformed.ts';
import { answers, decodeResponse, encodeRequest } from '../../src/ipmi/message.ts';
import { decodeOldPacket, encodeOldPacket } from '../../src/ipmi/old-packet.ts';
import { decodePlusPacket, encodePlainPacket } from '../../src/ipmi/plus-packet.ts';
import { rakpStatus } from '../../src/ipmi/rakp-status.ts';
import { decodePong, decodeRmcp, encodePing } from '../../src/ipmi/rmcp.ts';

const SEED = { seed: 13 };
const bytes = (max: number) => fc.uint8Array({ maxLength: max }).map((array) => Buffer.from(array));

/** A request as it is on the wire, turned into its answer: the same framing with a completion code. */
function answerTo(request: Buffer, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from([0x20, request.readUInt8(4), request.readUInt8(5), 0]), data]);
  const head = Buffer.from([0x81, request.readUInt8(1) + 4]);
  const sum = (part: Buffer) => Buffer.from([-part.reduce((total, byte) => total + byte, 0) & 0xff]);
  return Buffer.concat([head, sum(head), body, sum(body)]);
}

describe('RMCP', () => {
  test('a ping, and its answer (IPMI 2.0 §13.2.3)', () => {
    expect(encodePing(7).toString('hex')).toBe('0600ff06000011be80070000');
    const pong = decodeRmcp(
      Buffer.from('0600ff06000011be40070010000011be00000000810000000000 0000'.replace(' ', ''), 'hex'),
    );
    expect([pong.type, decodePong(pong.body)]).toEqual(['asf', { tag: 7, ipmi: true }]);
  });

  test.each(['', '0600ff07', '0500ff0706', '0600ff0806', '0600ff0600'])('malformed: %s', (text) => {
    const decode = () => decodePong(decodeRmcp(Buffer.from(text, 'hex')).body);
    expect(decode).toThrow(MalformedMessage);
  });
});

describe('messages (IPMI 2.0 §13.8)', () => {
  const STATUS = { name: 'Get Chassis Status', netFn: 0, command: 1, data: Buffer.alloc(0) };

  test('a request has two checksums', () => {
    expect(encodeRequest(STATUS, 1).toString('hex')).toBe('2000e08104017a');
    expect(encodeRequest({ ...STATUS, lun: 2, data: Buffer.from([5]) }, 63).toString('hex')).toBe(
      '2002de81fc01057d',
    );
  });

  test('an answer is found by sequence, command and network function', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 63 }), bytes(40), (sequence, data) => {
        const response = decodeResponse(answerTo(encodeRequest(STATUS, sequence), data));
        expect(response.data).toEqual(data);
        expect(answers(response, STATUS, sequence)).toBe(true);
        expect(answers(response, STATUS, (sequence + 1) & 63)).toBe(false);
        expect(answers(response, { ...STATUS, command: 2 }, sequence)).toBe(false);
        expect(answers(response, { ...STATUS, netFn: 6 }, sequence)).toBe(false);
      }),
      SEED,
    );
  });

  test('every beginning and every wrong checksum is malformed', () => {
    const whole = answerTo(encodeRequest(STATUS, 1), Buffer.from([0x21, 0x10, 0x40]));
    for (let length = 0; length < whole.length; length += 1)
      expect(() => decodeResponse(whole.subarray(0, length))).toThrow(MalformedMessage);
    for (let at = 0; at < whole.length; at += 1) {
      const spoilt = Buffer.from(whole);
      spoilt[at] = (spoilt[at] ?? 0) ^ 1;
      expect(() => decodeResponse(spoilt)).toThrow(MalformedMessage);
    }
  });
});

describe('packets outside of sessions', () => {
  test('of IPMI 2.0 come back as they were', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x3f }), bytes(200), (payloadType, payload) => {
        const packet = decodePlusPacket(encodePlainPacket(payloadType, payload));
        expect(packet).toMatchObject({ payloadType, encrypted: false, sessionId: 0, sequence: 0 });
        expect(packet?.payload).toEqual(payload);
      }),
      SEED,
    );
  });

  test.each([0, 2] as const)('of IPMI 1.5 with authentication type %i come back as they were', (authType) => {
    const number = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(
      fc.property(number, number, bytes(255), (sequence, sessionId, payload) => {
        const authCode = authType === 0 ? undefined : Buffer.alloc(16, 7);
        const value = { authType, sequence, sessionId, authCode, payload };
        const whole = encodeOldPacket(value);
        expect(decodeOldPacket(decodeRmcp(whole).body)).toEqual(value);
        for (const length of [5, 12, 14, whole.length - 1].filter((cut) => cut < whole.length))
          expect(() => decodeOldPacket(decodeRmcp(whole.subarray(0, length)).body)).toThrow(MalformedMessage);
      }),
      SEED,
    );
  });

  test('what is too long is not cut', () => {
    const payload = Buffer.alloc(256);
    expect(() =>
      encodeOldPacket({ authType: 0, sequence: 0, sessionId: 0, authCode: undefined, payload }),
    ).toThrow(UnencodableMessage);
    expect(() => encodePlainPacket(0, Buffer.alloc(0x10000))).toThrow(UnencodableMessage);
  });

  test('any bytes are a packet or malformed, and nothing else', () => {
    fc.assert(
      fc.property(bytes(80), (tail) => {
        const datagram = Buffer.concat([Buffer.from('0600ff07', 'hex'), tail]);
        for (const decode of [decodePlusPacket, (all: Buffer) => decodeOldPacket(decodeRmcp(all).body)])
          try {
            decode(datagram);
          } catch (error) {
            expect(error).toBeInstanceOf(MalformedMessage);
          }
      }),
      SEED,
    );
  });
});

describe('keys out of text', () => {
  test('are filled up, and never cut', () => {
    expect(passwordKey('secret', '2.0').toString('hex')).toBe(`736563726574${'00'.repeat(14)}`);
    expect(passwordKey('x'.repeat(16), '1.5')).toHaveLength(16);
    expect(() => passwordKey('x'.repeat(17), '1.5')).toThrow(/17 bytes/);
    expect(() => passwordKey(`${'x'.repeat(19)}ä`, '2.0')).toThrow(/21 bytes/);
    expect(() => bmcKey('x'.repeat(21))).toThrow(UnencodableMessage);
    expect(() => userName('x'.repeat(17))).toThrow(UnencodableMessage);
  });
});

test('codes that no table has are refusals as well', () => {
  expect(rakpStatus(0x7f).failure).toBe('refused');
  expect(completionCode(0x90).failure).toBe('refused');
  expect(completionCode(0xd4).failure).toBe('privilege');
  expect(completionCode(0xc0).failure).toBe('busy');
});
