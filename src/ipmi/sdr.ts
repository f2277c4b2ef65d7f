import { needBytes } from './malformed.ts';
import { type IpmiRequest, NET_FN } from './message.ts';
import { UNITS } from './sensor-tables.ts';
import { readText, readTypeLength } from './type-length.ts';

/** Reserve SDR Repository (IPMI 2.0 §33.11): without one, no part of a record can be read. */
export const RESERVE_SDR: IpmiRequest = {
  name: 'Reserve SDR Repository',
  netFn: NET_FN.storage,
  command: 0x22,
  data: Buffer.alloc(0),
};

/** Reads its answer. Throws MalformedMessage. */
export function decodeSdrReservation(data: Buffer): number {
  needBytes(data, 2, 'Reserve SDR Repository');
  return data.readUInt16LE(0);
}

export const FIRST_SDR_RECORD = 0x0000;
export const NO_MORE_SDR = 0xffff;
/** Bytes of what every record begins with. */
export const SDR_HEAD_BYTES = 5;

/** Get SDR (IPMI 2.0 §33.12): `count` bytes of a record from `offset`. */
export function getSdr(reservation: number, id: number, offset: number, count: number): IpmiRequest {
  return {
    name: 'Get SDR',
    netFn: NET_FN.storage,
    command: 0x23,
    data: Buffer.from([reservation & 0xff, reservation >> 8, id & 0xff, id >> 8, offset, count]),
  };
}

/** Reads its answer: ID of the next record, and bytes of this one. Throws MalformedMessage. */
export function decodeSdrPart(data: Buffer): { readonly next: number; readonly bytes: Buffer } {
  needBytes(data, 2, 'Get SDR');
  return { next: data.readUInt16LE(0), bytes: data.subarray(2) };
}

/** Bytes of a whole record by its beginning. Throws MalformedMessage. */
export function sdrBytes(head: Buffer): number {
  needBytes(head, SDR_HEAD_BYTES, 'SDR header');
  return SDR_HEAD_BYTES + head.readUInt8(4);
}

/** How a reading becomes a number: y = f((M x + B 10^b) 10^r) (IPMI 2.0 §36.3). */
export interface Conversion {
  readonly format: 'unsigned' | 'ones-complement' | 'twos-complement';
  readonly m: number;
  readonly b: number;
  readonly bExponent: number;
  readonly resultExponent: number;
  /** IPMI 2.0 §43.1, byte 24: 0 is linear. */
  readonly linearization: number;
}

/** A sensor as its record describes it. */
export interface SensorRecord {
  readonly name: string;
  readonly number: number;
  /** Logical unit of the BMC that it is read at. */
  readonly lun: number;
  /** Read at the BMC itself, not at a controller behind it. */
  readonly ofBmc: boolean;
  readonly type: number;
  /** IPMI 2.0 §42.1: 1 has thresholds. */
  readonly eventType: number;
  readonly unit: string;
  /** undefined: its states are read, not a number. */
  readonly conversion: Conversion | undefined;
}

const FULL = 0x01;
const COMPACT = 0x02;
/** Where the type and length of the name are (IPMI 2.0 §43.1, §43.2). */
const NAME_AT = { [FULL]: 47, [COMPACT]: 31 } as const;
const BMC_ADDRESS = 0x20;
const FORMATS = ['unsigned', 'ones-complement', 'twos-complement', undefined] as const;

/** Reads a sensor's record; undefined where it is of another kind (locators and such). Throws MalformedMessage. */
export function decodeSensorRecord(record: Buffer): SensorRecord | undefined {
  needBytes(record, SDR_HEAD_BYTES, 'SDR header');
  const kind = record.readUInt8(3);
  if (kind !== FULL && kind !== COMPACT) return undefined;
  const nameAt = NAME_AT[kind];
  needBytes(record, nameAt + 1, 'sensor record');
  const { coding, bytes } = readTypeLength(record.readUInt8(nameAt));
  const number = record.readUInt8(7);
  const units = record.readUInt8(20);
  const format = FORMATS[units >> 6];
  return {
    name: readText(coding, record.subarray(nameAt + 1, nameAt + 1 + bytes)) || `sensor ${number}`,
    number,
    lun: record.readUInt8(6) & 0x03,
    ofBmc: record.readUInt8(5) === BMC_ADDRESS,
    type: record.readUInt8(12),
    eventType: record.readUInt8(13),
    unit: (units & 0x01) !== 0 ? '%' : (UNITS[record.readUInt8(21)] ?? ''),
    conversion: kind === FULL && format !== undefined ? decodeConversion(record, format) : undefined,
  };
}

function decodeConversion(record: Buffer, format: Conversion['format']): Conversion {
  const exponents = record.readUInt8(29);
  return {
    format,
    linearization: record.readUInt8(23) & 0x7f,
    m: signed(record.readUInt8(24) | ((record.readUInt8(25) & 0xc0) << 2), 10),
    b: signed(record.readUInt8(26) | ((record.readUInt8(27) & 0xc0) << 2), 10),
    bExponent: signed(exponents & 0x0f, 4),
    resultExponent: signed(exponents >> 4, 4),
  };
}

/** A number of so many bits in two's complement. */
export function signed(value: number, bits: number): number {
  return value >= 1 << (bits - 1) ? value - (1 << bits) : value;
}
