/** One analog sensor with `reading` in its unit; thresholds and the reading are M × raw. */
export interface SimulatedSensor {
  readonly number: number;
  readonly name: string;
  /** IPMI 2.0 table 42-3: 1 temperature, 2 voltage, 4 fan. */
  readonly type: number;
  /** IPMI 2.0 §43.17: 1 °C, 4 V, 18 RPM. */
  readonly unit: number;
  /** The value is `multiplier × 10^exponent × raw`. */
  readonly multiplier: number;
  readonly exponent: number;
  /** Null: it has no reading now. */
  readonly raw: number | null;
  readonly upper: { readonly warning: number; readonly critical: number } | null;
  readonly lower: { readonly warning: number; readonly critical: number } | null;
}

export const SENSORS: readonly SimulatedSensor[] = [
  {
    number: 1,
    name: 'CPU Temp',
    type: 1,
    unit: 1,
    multiplier: 1,
    exponent: 0,
    raw: 45,
    upper: { warning: 80, critical: 95 },
    lower: null,
  },
  {
    number: 2,
    name: 'Inlet Temp',
    type: 1,
    unit: 1,
    multiplier: 1,
    exponent: 0,
    raw: 41,
    upper: { warning: 40, critical: 45 },
    lower: null,
  },
  {
    number: 3,
    name: 'FAN1',
    type: 4,
    unit: 18,
    multiplier: 100,
    exponent: 0,
    raw: 3,
    upper: null,
    lower: { warning: 6, critical: 4 },
  },
  {
    number: 4,
    name: '12V',
    type: 2,
    unit: 4,
    multiplier: 6,
    exponent: -2,
    raw: 201,
    upper: { warning: 215, critical: 220 },
    lower: { warning: 185, critical: 180 },
  },
  {
    number: 5,
    name: 'PSU2 Temp',
    type: 1,
    unit: 1,
    multiplier: 1,
    exponent: 0,
    raw: null,
    upper: { warning: 80, critical: 95 },
    lower: null,
  },
];

const READABLE = { lowerWarning: 0x01, lowerCritical: 0x02, upperWarning: 0x08, upperCritical: 0x10 };

/** A full sensor record (IPMI 2.0 §43.1). */
export function encodeSensorRecord(sensor: SimulatedSensor, recordId: number): Buffer {
  const { upper, lower } = sensor;
  const readable =
    (lower === null ? 0 : READABLE.lowerWarning | READABLE.lowerCritical) |
    (upper === null ? 0 : READABLE.upperWarning | READABLE.upperCritical);
  const body = Buffer.alloc(43);
  body.set([0x20, 0, sensor.number, 7, sensor.number, 0x7f, 0x68, sensor.type, 1]);
  body.set([readable, readable], 13);
  body.set([0, sensor.unit, 0, 0, sensor.multiplier & 0xff, (sensor.multiplier >> 2) & 0xc0], 15);
  body.writeUInt8((sensor.exponent & 0x0f) << 4, 24);
  body.set([255, 0], 29);
  body.set([0, upper?.critical ?? 0, upper?.warning ?? 0, 0, lower?.critical ?? 0, lower?.warning ?? 0], 31);
  body.writeUInt8(0xc0 | sensor.name.length, 42);
  const rest = Buffer.concat([body, Buffer.from(sensor.name, 'latin1')]);
  const head = Buffer.from([0, 0, 0x51, 0x01, rest.length]);
  head.writeUInt16LE(recordId);
  return Buffer.concat([head, rest]);
}

/** Get Sensor Reading (IPMI 2.0 §35.14): raw reading, whether there is one, and the thresholds that it is beyond. */
export function encodeReading({ raw, upper, lower }: SimulatedSensor): number[] {
  if (raw === null) return [0, 0xe0, 0];
  const beyond =
    (lower !== null && raw <= lower.warning ? 0x01 : 0) |
    (lower !== null && raw <= lower.critical ? 0x02 : 0) |
    (upper !== null && raw >= upper.warning ? 0x08 : 0) |
    (upper !== null && raw >= upper.critical ? 0x10 : 0);
  return [raw, 0xc0, 0xc0 | beyond];
}
