import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MalformedMessage } from '../../src/ipmi/malformed.ts';
import { type Conversion, decodeSensorRecord, type SensorRecord, signed } from '../../src/ipmi/sdr.ts';
import { convertReading, decodeSensorReading, judgeStates } from '../../src/ipmi/sensor-reading.ts';
import { encodeSensorRecord, SENSORS } from '../support/bmc-sim/sensor-records.ts';
import { must } from '../support/must.ts';

const LINEAR: Conversion = {
  format: 'unsigned',
  m: 1,
  b: 0,
  bExponent: 0,
  resultExponent: 0,
  linearization: 0,
};

describe('records', () => {
  test.each(SENSORS)('$name', (sensor) => {
    expect(decodeSensorRecord(encodeSensorRecord(sensor, 7))).toMatchObject({
      name: sensor.name,
      number: sensor.number,
      type: sensor.type,
      ofBmc: true,
      conversion: { ...LINEAR, m: sensor.multiplier, resultExponent: sensor.exponent },
    });
  });

  test('every beginning is malformed, or has a shorter name', () => {
    const whole = encodeSensorRecord(must(SENSORS[0], 'a sensor'), 1);
    for (let length = 0; length < 48; length += 1)
      expect(() => decodeSensorRecord(whole.subarray(0, length))).toThrow(MalformedMessage);
    expect(decodeSensorRecord(whole.subarray(0, 50))?.name).toBe('CP');
  });

  test('other kinds of records are none of ours', () => {
    expect(decodeSensorRecord(Buffer.from([1, 0, 0x51, 0x11, 0]))).toBeUndefined();
  });

  test('numbers of ten and of four bits have a sign', () => {
    expect([signed(0x1ff, 10), signed(0x200, 10), signed(0x3ff, 10)]).toEqual([511, -512, -1]);
    expect([signed(7, 4), signed(8, 4), signed(15, 4)]).toEqual([7, -8, -1]);
  });
});

describe('readings (IPMI 2.0 §36.3)', () => {
  test.each<[string, Partial<Conversion>, number, number | undefined]>([
    ['as it is', {}, 42, 42],
    ['M and exponent', { m: 6, resultExponent: -2 }, 201, 12.06],
    ['B and its exponent', { m: 2, b: -5, bExponent: 1 }, 100, 150],
    ['below zero', { format: 'twos-complement' }, 0xff, -1],
    ['below zero, the other way', { format: 'ones-complement' }, 0xfe, -1],
    ['a square root', { linearization: 10 }, 144, 12],
    ['one through it', { linearization: 7, m: 4 }, 1, 0.25],
    ['one through nothing is no number', { linearization: 7 }, 0, undefined],
    ['a function that the record does not tell', { linearization: 0x70 }, 1, undefined],
  ])('%s', (_, changes, raw, value) => {
    expect(convertReading({ ...LINEAR, ...changes }, raw)).toBe(value);
  });

  test('are never more than numbers', () => {
    const conversion = fc.record({
      format: fc.constantFrom('unsigned' as const, 'ones-complement' as const, 'twos-complement' as const),
      m: fc.integer({ min: -512, max: 511 }),
      b: fc.integer({ min: -512, max: 511 }),
      bExponent: fc.integer({ min: -8, max: 7 }),
      resultExponent: fc.integer({ min: -8, max: 7 }),
      linearization: fc.integer({ min: 0, max: 127 }),
    });
    fc.assert(
      fc.property(conversion, fc.integer({ min: 0, max: 255 }), (given, raw) => {
        const value = convertReading(given, raw);
        expect(value === undefined || Number.isFinite(value)).toBe(true);
      }),
      { seed: 36 },
    );
  });

  test.each([
    ['2ac0c0', { raw: 42, states: 0xc0 }],
    ['2ac00102', { raw: 42, states: 0x0201 }],
    ['2ac0', { raw: 42, states: undefined }],
    ['2ae0c0', { raw: undefined, states: undefined }],
    ['2a80c0', { raw: undefined, states: undefined }],
  ])('%s', (bytes, reading) => {
    expect(decodeSensorReading(Buffer.from(bytes, 'hex'))).toEqual(reading);
  });

  test.each([
    [0x01, 0xc0, 'ok'],
    [0x01, 0b001001, 'warning'],
    [0x01, 0b001011, 'critical'],
    [0x01, undefined, 'unknown'],
    [0x07, 0b000000001, 'ok'],
    [0x07, 0b000000010, 'warning'],
    [0x07, 0b000000100, 'critical'],
    [0x6f, 0b1, 'unknown'],
  ] as const)('a sensor of kind %i with states %s is %s', (eventType, states, state) => {
    expect(judgeStates({ eventType } as SensorRecord, states)).toBe(state);
  });
});
