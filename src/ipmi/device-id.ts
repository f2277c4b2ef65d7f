import { needBytes } from './malformed.ts';
import { type IpmiRequest, NET_FN } from './message.ts';

/** Get Device ID (IPMI 2.0 §20.1). */
export const GET_DEVICE_ID: IpmiRequest = {
  name: 'Get Device ID',
  netFn: NET_FN.app,
  command: 0x01,
  data: Buffer.alloc(0),
};

export interface DeviceId {
  readonly deviceId: number;
  /** Of the BMC's firmware: `2.45`. */
  readonly firmwareVersion: string;
  /** `2.0`. */
  readonly ipmiVersion: string;
  /** IANA enterprise number. */
  readonly manufacturer: number;
  readonly product: number;
  readonly hasSdr: boolean;
  readonly hasSel: boolean;
  readonly hasFru: boolean;
}

/** Reads its answer. Throws MalformedMessage. */
export function decodeDeviceId(data: Buffer): DeviceId {
  needBytes(data, 11, 'Get Device ID');
  const support = data.readUInt8(5);
  const version = data.readUInt8(4);
  return {
    deviceId: data.readUInt8(0),
    // The minor part is BCD.
    firmwareVersion: `${data.readUInt8(2) & 0x7f}.${data.readUInt8(3).toString(16).padStart(2, '0')}`,
    ipmiVersion: `${version & 0x0f}.${version >> 4}`,
    manufacturer: data.readUIntLE(6, 3) & 0x0fffff,
    product: data.readUInt16LE(9),
    hasSdr: (support & 0x02) !== 0,
    hasSel: (support & 0x04) !== 0,
    hasFru: (support & 0x08) !== 0,
  };
}

/** Makers of machines and BMCs, by IANA's enterprise numbers. */
const MANUFACTURERS: Readonly<Record<number, string>> = {
  2: 'IBM',
  11: 'HP',
  42: 'Sun Microsystems',
  111: 'Oracle',
  119: 'NEC',
  343: 'Intel',
  674: 'Dell',
  2011: 'Huawei',
  5771: 'Cisco',
  7244: 'Quanta',
  10368: 'Fujitsu',
  10876: 'Supermicro',
  15370: 'Giga-Byte',
  19046: 'Lenovo',
  20301: 'IBM',
  20974: 'AMI',
  25506: 'H3C',
  37945: 'Inspur',
  47196: 'HPE',
  // What some of Supermicro's boards say, though the number is another's.
  47488: 'Supermicro',
  49622: 'ASRock Rack',
};

/** The maker's name, or its number where the name is not known; null where the BMC does not say. */
export function manufacturerName(manufacturer: number): string | null {
  if (manufacturer === 0 || manufacturer === 0x0fffff) return null;
  return MANUFACTURERS[manufacturer] ?? `enterprise ${manufacturer}`;
}
