import { needBytes } from './malformed.ts';
import { type IpmiRequest, NET_FN } from './message.ts';
import { type Conversion, type SensorRecord, signed } from './sdr.ts';

/** Get Sensor Reading (IPMI 2.0 §35.14). */
export function getSensorReading({ number, lun }: SensorRecord): IpmiRequest {
  return {
    name: 'Get Sensor Reading',
    netFn: NET_FN.sensor,
    command: 0x2d,
    data: Buffer.from([number]),
    lun,
  };
}

export interface SensorReading {
  /** As it is, 0–255; undefined where there is none now. */
  readonly raw: number | undefined;
  /** Bits of the states or of the thresholds that are passed; undefined where the BMC does not say. */
  readonly states: number | undefined;
}

const SCANNING = 0x40;
const UNAVAILABLE = 0x20;

/** Reads its answer. Throws MalformedMessage. */
export function decodeSensorReading(data: Buffer): SensorReading {
  needBytes(data, 2, 'Get Sensor Reading');
  const flags = data.readUInt8(1);
  if ((flags & SCANNING) === 0 || (flags & UNAVAILABLE) !== 0) return { raw: undefined, states: undefined };
  return {
    raw: data.readUInt8(0),
    states: data[2] === undefined ? undefined : data[2] | ((data[3] ?? 0) << 8),
  };
}

/** IPMI 2.0 §43.1: what is done to a number in the end, by the number of the function. */
const FUNCTIONS: Readonly<Record<number, (x: number) => number>> = {
  0: (x) => x,
  1: Math.log,
  2: Math.log10,
  3: Math.log2,
  4: Math.exp,
  5: (x) => 10 ** x,
  6: (x) => 2 ** x,
  7: (x) => 1 / x,
  8: (x) => x ** 2,
  9: (x) => x ** 3,
  10: Math.sqrt,
  11: Math.cbrt,
};

/** The number that a reading means; undefined where the record does not say how it is made. */
export function convertReading(conversion: Conversion, raw: number): number | undefined {
  const { format, m, b, bExponent, resultExponent, linearization } = conversion;
  const finish = FUNCTIONS[linearization];
  if (finish === undefined) return undefined;
  const value = finish((m * numberOf(format, raw) + b * 10 ** bExponent) * 10 ** resultExponent);
  // As many digits as eight bits can mean: what is behind them is rounding.
  return Number.isFinite(value) ? Number(value.toPrecision(6)) : undefined;
}

function numberOf(format: Conversion['format'], raw: number): number {
  if (format === 'unsigned') return raw;
  const value = signed(raw, 8);
  return format === 'ones-complement' && value < 0 ? value + 1 : value;
}

const THRESHOLD = 0x01;
const SEVERITY = 0x07;
const CRITICAL_THRESHOLDS = 0b110110;
const WARNING_THRESHOLDS = 0b001001;
/** Offsets of severity events (IPMI 2.0 §42.1) that are critical, and that warn. */
const CRITICAL_SEVERITIES = 0b001101100;
const WARNING_SEVERITIES = 0b000010010;

/** How a sensor is by the bits of its thresholds or its severity; other states are no judgement. */
export function judgeStates(
  { eventType }: SensorRecord,
  states: number | undefined,
): 'ok' | 'warning' | 'critical' | 'unknown' {
  if (states === undefined) return 'unknown';
  if (eventType === THRESHOLD) return judge(states, CRITICAL_THRESHOLDS, WARNING_THRESHOLDS);
  if (eventType === SEVERITY) return judge(states, CRITICAL_SEVERITIES, WARNING_SEVERITIES);
  return 'unknown';
}

function judge(states: number, critical: number, warning: number): 'ok' | 'warning' | 'critical' {
  if ((states & critical) !== 0) return 'critical';
  return (states & warning) === 0 ? 'ok' : 'warning';
}
