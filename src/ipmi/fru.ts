import { MalformedMessage, needBytes } from './malformed.ts';
import { type IpmiRequest, NET_FN } from './message.ts';
import { readText, readTypeLength } from './type-length.ts';

/** The inventory of the BMC itself and its board, which every BMC has. */
const FRU_DEVICE = 0;

/** Get FRU Inventory Area Info (IPMI 2.0 §34.1). */
export const GET_FRU_INFO: IpmiRequest = {
  name: 'Get FRU Inventory Area Info',
  netFn: NET_FN.storage,
  command: 0x10,
  data: Buffer.from([FRU_DEVICE]),
};

/** Reads its answer: bytes there are, and bytes of the unit that offsets are counted in. Throws MalformedMessage. */
export function decodeFruInfo(data: Buffer): { bytes: number; unitBytes: 1 | 2 } {
  needBytes(data, 3, 'Get FRU Inventory Area Info');
  return { bytes: data.readUInt16LE(0), unitBytes: (data.readUInt8(2) & 1) === 0 ? 1 : 2 };
}

/** Read FRU Data (IPMI 2.0 §34.2); offset and count in units of the device. */
export function readFru(offset: number, count: number): IpmiRequest {
  return {
    name: 'Read FRU Data',
    netFn: NET_FN.storage,
    command: 0x11,
    data: Buffer.from([FRU_DEVICE, offset & 0xff, offset >> 8, count]),
  };
}

/** Reads its answer: the bytes, of which there may be fewer than were asked for. Throws MalformedMessage. */
export function decodeFruData(data: Buffer, unitBytes: number): Buffer {
  needBytes(data, 1, 'Read FRU Data');
  const bytes = data.readUInt8(0) * unitBytes;
  if (bytes === 0) throw new MalformedMessage('Read FRU Data: no byte');
  needBytes(data, 1 + bytes, 'Read FRU Data');
  return data.subarray(1, 1 + bytes);
}

/** Bytes of the common header, and of what an area says about itself. */
export const FRU_HEADER_BYTES = 8;
export const FRU_AREA_HEAD_BYTES = 2;

export type FruArea = 'chassis' | 'board' | 'product';

/** Offsets of the areas, in bytes; those that are not there are left out (FRU Information Storage Definition §8). */
export function decodeFruHeader(header: Buffer): ReadonlyMap<FruArea, number> {
  needBytes(header, FRU_HEADER_BYTES, 'FRU common header');
  if ((header.readUInt8(0) & 0x0f) !== 1) throw new MalformedMessage('FRU common header: not of version 1');
  const areas = new Map<FruArea, number>();
  for (const [index, area] of (['chassis', 'board', 'product'] as const).entries()) {
    const offset = header.readUInt8(2 + index) * 8;
    if (offset > 0) areas.set(area, offset);
  }
  return areas;
}

/** Bytes of an area by its first two. Throws MalformedMessage. */
export function fruAreaBytes(head: Buffer): number {
  needBytes(head, FRU_AREA_HEAD_BYTES, 'FRU area');
  return head.readUInt8(1) * 8;
}

/** The fields of an area in their order, by what they are; empty ones are left out. */
export type FruFields = ReadonlyMap<string, string>;

/** Where the fields begin, and what they are (FRU Information Storage Definition §10 to §12). */
const AREAS: Readonly<Record<FruArea, { start: number; fields: readonly string[] }>> = {
  chassis: { start: 3, fields: ['part', 'serial'] },
  board: { start: 6, fields: ['manufacturer', 'name', 'serial', 'part'] },
  product: { start: 3, fields: ['manufacturer', 'name', 'part', 'version', 'serial', 'asset'] },
};
const END_OF_FIELDS = 0xc1;

/** Reads an area. What is cut off is left out, as some makers write lengths that are wrong. */
export function decodeFruArea(area: FruArea, bytes: Buffer): FruFields {
  const { start, fields } = AREAS[area];
  const found = new Map<string, string>();
  let offset = start;
  for (const field of fields) {
    const head = bytes[offset];
    if (head === undefined || head === END_OF_FIELDS) break;
    const { coding, bytes: length } = readTypeLength(head);
    if (offset + 1 + length > bytes.length) break;
    const text = readText(coding, bytes.subarray(offset + 1, offset + 1 + length));
    if (text !== '') found.set(field, text);
    offset += 1 + length;
  }
  return found;
}
