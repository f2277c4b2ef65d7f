import { encodeFru, type FruFields } from './fru.ts';
import type { Answer } from './message.ts';
import { encodeReading, encodeSensorRecord, SENSORS } from './sensor-records.ts';

/** Who a simulated BMC says that it is. */
export interface Identity {
  readonly fru: FruFields;
  /** Manufacturer and product number of Get Device ID; 10876 is Supermicro. */
  readonly manufacturerId: number;
  readonly productId: number;
  readonly firmware: { readonly major: number; readonly minorBcd: number };
  readonly address: string;
  readonly mac: Buffer;
}

export const DEFAULT_IDENTITY: Identity = {
  fru: {
    manufacturer: 'Simulated',
    product: 'Bench Server',
    partNumber: 'BS-1000',
    serial: 'SN-0001',
    assetTag: 'rack 7',
  },
  manufacturerId: 10_876,
  productId: 0x0b0c,
  firmware: { major: 2, minorBcd: 0x37 },
  address: '127.0.0.1',
  mac: Buffer.from('52540000bc01', 'hex'),
};

/** Bytes of a record or of the FRU that one answer holds at most. */
const CHUNK_MAX = 32;
const RESERVATION = 0x1234;

const u16 = (value: number) => [value & 0xff, value >> 8];
const u32 = (value: number) => [...u16(value & 0xffff), ...u16(value >>> 16)];

const sensorRecords = SENSORS.map((sensor, at) => encodeSensorRecord(sensor, at + 1));

/** System event records (IPMI 2.0 §32.1): of a sensor, when, and what about it. */
const LOG = [
  { at: 0x5f000000, sensorType: 1, sensor: 2, direction: 0x01, data: [0x57, 41, 40] },
  { at: 0x00000012, sensorType: 4, sensor: 3, direction: 0x01, data: [0x52, 3, 4] },
  { at: 0x5f000100, sensorType: 1, sensor: 2, direction: 0x81, data: [0x57, 39, 40] },
];
const logRecords = LOG.map(({ at, sensorType, sensor, direction, data }, index) =>
  Buffer.from([...u16(index + 1), 2, ...u32(at), 0x20, 0, 4, sensorType, sensor, direction, ...data]),
);

/** What a BMC tells about itself and its machine, by command; none of it changes anything. */
export class Inventory {
  readonly #identity: Identity;
  #fru: Buffer | undefined;

  constructor(identity: Identity) {
    this.#identity = identity;
  }

  /** IPMI 2.0 §20.1. */
  deviceId(): Answer {
    const { manufacturerId, productId, firmware } = this.#identity;
    const manufacturer = u32(manufacturerId).slice(0, 3);
    return {
      code: 0,
      data: [
        0x20,
        0x81,
        firmware.major,
        firmware.minorBcd,
        0x02,
        0xbf,
        ...manufacturer,
        ...u16(productId),
        0,
        0,
        0,
        0,
      ],
    };
  }

  sensorReading([number]: Buffer): Answer {
    const sensor = SENSORS.find((one) => one.number === number);
    return sensor === undefined ? { code: 0xcb } : { code: 0, data: encodeReading(sensor) };
  }

  /** IPMI 2.0 §33.9. */
  sensorRecordsInfo(): Answer {
    return {
      code: 0,
      data: [0x51, ...u16(sensorRecords.length), ...u16(0xffff), ...u32(0), ...u32(0), 0x02],
    };
  }

  /** IPMI 2.0 §33.12. */
  sensorRecord(data: Buffer): Answer {
    return readRecord(sensorRecords, data);
  }

  /** IPMI 2.0 §31.2. */
  logInfo(): Answer {
    return {
      code: 0,
      data: [0x51, ...u16(logRecords.length), ...u16(0x100), ...u32(0x5f000100), ...u32(0), 0x02],
    };
  }

  /** IPMI 2.0 §31.5. */
  logEntry(data: Buffer): Answer {
    return readRecord(logRecords, data);
  }

  reserve(): Answer {
    return { code: 0, data: u16(RESERVATION) };
  }

  /** IPMI 2.0 §34.1. */
  fruInfo([device]: Buffer): Answer {
    return device === 0 ? { code: 0, data: [...u16(this.#fruBytes().length), 0] } : { code: 0xcb };
  }

  /** IPMI 2.0 §34.2. */
  readFru(data: Buffer): Answer {
    if (data.length !== 4) return { code: 0xc7 };
    if (data[0] !== 0) return { code: 0xcb };
    const offset = data.readUInt16LE(1);
    if (offset >= this.#fruBytes().length) return { code: 0xc9 };
    const read = this.#fruBytes().subarray(offset, offset + Math.min(data.readUInt8(3), CHUNK_MAX));
    return { code: 0, data: [read.length, ...read] };
  }

  /** Get LAN Configuration Parameters (IPMI 2.0 §23.2). */
  lanParameter([, parameter = 0]: Buffer): Answer {
    const address = (text: string) => text.split('.').map(Number);
    const values = new Map<number, readonly number[]>([
      [0, [0]],
      [1, [0x04]],
      [2, [0x04, 0x04, 0x04, 0x04, 0x00]],
      [3, address(this.#identity.address)],
      [4, [1]],
      [5, [...this.#identity.mac]],
      [6, [255, 255, 255, 0]],
      [12, [0, 0, 0, 0]],
      [20, [0, 0]],
    ]);
    const value = values.get(parameter);
    return value === undefined ? { code: 0x80 } : { code: 0, data: [0x11, ...value] };
  }

  #fruBytes(): Buffer {
    this.#fru ??= encodeFru(this.#identity.fru);
    return this.#fru;
  }
}

/** Get SDR and Get SEL Entry ask alike: reservation, record (0 first, 0xffff last), offset, bytes (0xff: all). */
function readRecord(records: readonly Buffer[], data: Buffer): Answer {
  if (data.length !== 6) return { code: 0xc7 };
  const wanted = data.readUInt16LE(2);
  const [offset, count] = [data.readUInt8(4), data.readUInt8(5)];
  const index = wanted === 0 ? 0 : wanted === 0xffff ? records.length - 1 : wanted - 1;
  const record = records[index];
  if (record === undefined) return { code: 0xcb };
  if (offset > 0 && data.readUInt16LE(0) !== RESERVATION) return { code: 0xc5 };
  const read = record.subarray(offset, count === 0xff ? record.length : offset + count);
  // Cannot return so many bytes (IPMI 2.0 §5.2): who reads asks for fewer.
  if (read.length > CHUNK_MAX) return { code: 0xca };
  return { code: 0, data: [...u16(index + 1 < records.length ? index + 2 : 0xffff), ...read] };
}
