import { SENSOR_OFFSETS } from './sensor-offsets.ts';
import { EVENT_OFFSETS, SENSOR_TYPES } from './sensor-tables.ts';

/** An event as the log has it (IPMI 2.0 §32.1, §29.7). */
export interface SelEvent {
  readonly sensorType: number;
  readonly sensorNumber: number;
  readonly eventType: number;
  readonly deasserted: boolean;
  readonly data: readonly [number, number, number];
}

const THRESHOLD = 0x01;
const SENSOR_SPECIFIC = 0x6f;

/** An event in words: `Temperature sensor 0x30: upper critical going high (reading 0x5a, threshold 0x55)`. */
export function sayEvent(event: SelEvent): string {
  const { sensorType, sensorNumber, deasserted } = event;
  const type = SENSOR_TYPES[sensorType] ?? `Type ${hex(sensorType)}`;
  const what = `${type} sensor ${hex(sensorNumber)}: ${sayOffset(event)}${sayData(event)}`;
  return deasserted ? `${what}, no longer` : what;
}

function sayOffset({ sensorType, eventType, data }: SelEvent): string {
  const offset = data[0] & 0x0f;
  const offsets = eventType === SENSOR_SPECIFIC ? SENSOR_OFFSETS[sensorType] : EVENT_OFFSETS[eventType];
  return offsets?.[offset] || `event ${hex(offset)} of kind ${hex(eventType)}`;
}

/** What else the event says: of a threshold the reading, of others the bytes that are not left unspecified. */
function sayData({ eventType, data: [first, second, third] }: SelEvent): string {
  if (eventType === THRESHOLD) {
    const said = [
      first >> 6 === 1 ? `reading ${hex(second)}` : '',
      ((first >> 4) & 3) === 1 ? `threshold ${hex(third)}` : '',
    ].filter(Boolean);
    return said.length === 0 ? '' : ` (${said.join(', ')})`;
  }
  const bytes = [
    first >> 6 === 0 || second === 0xff ? '' : hex(second),
    ((first >> 4) & 3) === 0 || third === 0xff ? '' : hex(third),
  ].filter(Boolean);
  return bytes.length === 0 ? '' : ` (data ${bytes.join(' ')})`;
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(2, '0')}`;
}
