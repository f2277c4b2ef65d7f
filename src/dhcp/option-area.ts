import { OPTION } from './codes.ts';
import { MalformedPacket, UnencodablePacket } from './packet-errors.ts';

/** Option number to the raw bytes of its value. Unknown options stay as they are. */
export type OptionMap = ReadonlyMap<number, Buffer>;

const LONGEST_PIECE_BYTES = 255;

/**
 * Reads one area of options (the vendor area, or an overloaded `file` or `sname`) and appends to `pieces`.
 *
 * Pads are skipped, End stops. An area that ends without End is read if its last option is whole: some relays cut
 * after option 82. An option that runs over the area's end is malformed.
 */
export function readOptionArea(area: Buffer, where: string, pieces: Map<number, Buffer[]>): void {
  let at = 0;
  while (at < area.length) {
    const code = area.readUInt8(at);
    if (code === OPTION.end) return;
    at += 1;
    if (code === OPTION.pad) continue;
    if (at >= area.length)
      throw new MalformedPacket('option-truncated', `option ${code} in ${where} has no length`);
    const length = area.readUInt8(at);
    at += 1;
    if (at + length > area.length)
      throw new MalformedPacket(
        'option-truncated',
        `option ${code} in ${where} claims ${length} bytes, ${area.length - at} are left`,
      );
    const seen = pieces.get(code);
    const value = area.subarray(at, at + length);
    if (seen === undefined) pieces.set(code, [value]);
    else seen.push(value);
    at += length;
  }
}

/** Joins the pieces of repeated options in the order in which they were read, RFC 3396 §7. Copies the bytes. */
export function joinPieces(pieces: ReadonlyMap<number, readonly Buffer[]>): Map<number, Buffer> {
  return new Map([...pieces].map(([code, parts]) => [code, Buffer.concat(parts)]));
}

/**
 * Writes an options area with its End, in an order that does not depend on how the map was filled:
 * 53 and 54 first (old ROMs look for them there), the rest ascending, and 82 last before End, RFC 3046 §2.1, which
 * also serves relays that cut whatever follows it. A value over 255 bytes is split, RFC 3396 §6.
 */
export function writeOptionArea(options: OptionMap): Buffer {
  const parts: Buffer[] = [];
  for (const code of optionOrder([...options.keys()])) {
    const value = options.get(code);
    if (value === undefined) continue;
    if (!Number.isInteger(code) || code <= OPTION.pad || code >= OPTION.end)
      throw new UnencodablePacket('bad-option', `${code} is not an option number`);
    if (code === OPTION.overload)
      throw new UnencodablePacket('bad-option', 'option overload is never sent: many ROMs cannot read it');
    parts.push(...optionPieces(code, value));
  }
  parts.push(Buffer.of(OPTION.end));
  return Buffer.concat(parts);
}

function optionOrder(codes: readonly number[]): number[] {
  const rank = (code: number): number => {
    if (code === OPTION.messageType) return 0;
    if (code === OPTION.serverId) return 1;
    return code === OPTION.relayAgentInfo ? 3 : 2;
  };
  return [...codes].sort((a, b) => rank(a) - rank(b) || a - b);
}

function optionPieces(code: number, value: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  do {
    const piece = value.subarray(at, at + LONGEST_PIECE_BYTES);
    pieces.push(Buffer.of(code, piece.length), piece);
    at += LONGEST_PIECE_BYTES;
  } while (at < value.length);
  return pieces;
}
