import { checksum } from './message.ts';

/** What the FRU tells: board and product area (Platform Management FRU 1.0 §11, §12). */
export interface FruFields {
  readonly manufacturer: string;
  readonly product: string;
  readonly partNumber: string;
  readonly serial: string;
  readonly assetTag: string;
}

/** The common header, a board area and a product area, each in multiples of 8 bytes (Platform Management FRU 1.0 §8). */
export function encodeFru({ manufacturer, product, partNumber, serial, assetTag }: FruFields): Buffer {
  const minutes = Buffer.from([0x10, 0x20, 0xb0]);
  const board = area(Buffer.concat([Buffer.from([0]), minutes]), [
    manufacturer,
    product,
    serial,
    partNumber,
    '',
  ]);
  const fields = [manufacturer, product, partNumber, '1.0', serial, assetTag, ''];
  const header = Buffer.from([1, 0, 0, 1, 1 + board.length / 8, 0, 0]);
  return Buffer.concat([header, Buffer.from([checksum(header)]), board, area(Buffer.from([0]), fields)]);
}

function area(head: Buffer, fields: readonly string[]): Buffer {
  const texts = fields.map((text) => Buffer.from([0xc0 | text.length, ...Buffer.from(text, 'latin1')]));
  const content = Buffer.concat([Buffer.from([1, 0]), head, ...texts, Buffer.from([0xc1])]);
  const bytes = Buffer.concat([content, Buffer.alloc(7 - (content.length % 8))]);
  bytes.writeUInt8((bytes.length + 1) / 8, 1);
  return Buffer.concat([bytes, Buffer.from([checksum(bytes)])]);
}
