import { MalformedMessage, needBytes } from './malformed.ts';
import { type IpmiRequest, NET_FN } from './message.ts';
import { type SelEvent, sayEvent } from './sel-text.ts';

/** Get SEL Info (IPMI 2.0 §31.2). */
export const GET_SEL_INFO: IpmiRequest = {
  name: 'Get SEL Info',
  netFn: NET_FN.storage,
  command: 0x40,
  data: Buffer.alloc(0),
};

/** Reads its answer: how many entries there are. Throws MalformedMessage. */
export function decodeSelInfo(data: Buffer): { readonly entries: number } {
  needBytes(data, 3, 'Get SEL Info');
  return { entries: data.readUInt16LE(1) };
}

/** Record IDs that mean the oldest and the newest entry; the latter also says "no more" (IPMI 2.0 §31.5). */
export const FIRST_SEL_RECORD = 0x0000;
export const LAST_SEL_RECORD = 0xffff;

/** Get SEL Entry (IPMI 2.0 §31.5): a whole one. Those need no reservation. */
export function getSelEntry(id: number): IpmiRequest {
  return {
    name: 'Get SEL Entry',
    netFn: NET_FN.storage,
    command: 0x43,
    data: Buffer.from([0, 0, id & 0xff, id >> 8, 0, 0xff]),
  };
}

/** One entry of the system event log. */
export interface SelEntry {
  readonly id: number;
  /** Seconds since 1970; null where the BMC had no clock then. */
  readonly atSeconds: number | null;
  readonly message: string;
}

const RECORD_BYTES = 16;
const SYSTEM_EVENT = 0x02;
const OEM_TIMESTAMPED = 0xc0;
const OEM_PLAIN = 0xe0;
/** Up to here a time is one since the BMC was started (IPMI 2.0 §37.1). */
const LAST_RELATIVE_SECOND = 0x20000000;
const NO_TIME = 0xffffffff;

/** Reads its answer: the entry and the ID of the next. Throws MalformedMessage. */
export function decodeSelEntry(data: Buffer): { readonly next: number; readonly entry: SelEntry } {
  needBytes(data, 2 + RECORD_BYTES, 'Get SEL Entry');
  return { next: data.readUInt16LE(0), entry: decodeRecord(data.subarray(2)) };
}

/** IPMI 2.0 §32.1 to §32.3. */
function decodeRecord(record: Buffer): SelEntry {
  const id = record.readUInt16LE(0);
  const type = record.readUInt8(2);
  if (type >= OEM_PLAIN) return { id, atSeconds: null, message: sayOem(type, record.subarray(3, 16)) };
  const seconds = record.readUInt32LE(3);
  const atSeconds = seconds > LAST_RELATIVE_SECOND && seconds !== NO_TIME ? seconds : null;
  if (type >= OEM_TIMESTAMPED) return { id, atSeconds, message: sayOem(type, record.subarray(7, 16)) };
  if (type !== SYSTEM_EVENT) throw new MalformedMessage(`SEL record of type 0x${type.toString(16)}`);
  return { id, atSeconds, message: sayEvent(decodeEvent(record)) };
}

function decodeEvent(record: Buffer): SelEvent {
  const direction = record.readUInt8(12);
  return {
    sensorType: record.readUInt8(10),
    sensorNumber: record.readUInt8(11),
    eventType: direction & 0x7f,
    deasserted: (direction & 0x80) !== 0,
    data: [record.readUInt8(13), record.readUInt8(14), record.readUInt8(15)],
  };
}

function sayOem(type: number, bytes: Buffer): string {
  return `OEM record 0x${type.toString(16)}: ${bytes.toString('hex')}`;
}
