import { OPTION } from './codes.ts';
import { MalformedPacket, UnencodablePacket } from './packet-errors.ts';

/** Option number to the raw bytes of its value. Unknown options stay as they are. */
export type OptionMap = ReadonlyMap<number, Buffer>;

const LONGEST_PIECE_BYTES = 255;

/** Values as they are read: those of an option that is repeated wait as pieces until all areas are read. */
export type OptionPieces = Map<number, Buffer | Buffer[]>;

/**
 * Reads one area of options, bytes `start` to `end` (the vendor area, or an overloaded `file` or `sname`), and appends to
 * `pieces`; values are views of `bytes`.
 *
 * Pads are skipped, End stops. An area that ends without End is read if its last option is whole: some relays cut
 * after option 82. An option that runs over the area's end is malformed.
 */
export function readOptionArea(
  bytes: Buffer,
  [start, end]: AreaBounds,
  where: string,
  pieces: OptionPieces,
): void {
  let at = start;
  while (at < end) {
    const code = bytes.readUInt8(at);
    if (code === OPTION.end) return;
    at += 1;
    if (code === OPTION.pad) continue;
    if (at >= end) throw new MalformedPacket('option-truncated', `option ${code} in ${where} has no length`);
    const length = bytes.readUInt8(at);
    at += 1;
    if (at + length > end)
      throw new MalformedPacket(
        'option-truncated',
        `option ${code} in ${where} claims ${length} bytes, ${end - at} are left`,
      );
    addPiece(pieces, code, bytes.subarray(at, at + length));
    at += length;
  }
}

export type AreaBounds = readonly [start: number, end: number];

function addPiece(pieces: OptionPieces, code: number, value: Buffer): void {
  const seen = pieces.get(code);
  if (seen === undefined) pieces.set(code, value);
  else if (Array.isArray(seen)) seen.push(value);
  else pieces.set(code, [seen, value]);
}

/** Joins the pieces of repeated options in the order in which they were read, RFC 3396 §7. */
export function joinPieces(pieces: OptionPieces): Map<number, Buffer> {
  const joined = pieces as Map<number, Buffer>;
  for (const [code, value] of pieces) if (Array.isArray(value)) joined.set(code, Buffer.concat(value));
  return joined;
}

/**
 * Writes an options area with its End, in an order that does not depend on how the map was filled:
 * 53 and 54 first (old ROMs look for them there), the rest ascending, and 82 last before End, RFC 3046 §2.1, which
 * also serves relays that cut whatever follows it. A value over 255 bytes is split, RFC 3396 §6.
 */
export function writeOptionArea(options: OptionMap): Buffer {
  let length = 1;
  for (const [code, value] of options) {
    checkCode(code);
    length += value.length + 2 * countPieces(value);
  }
  const area = Buffer.allocUnsafe(length);
  let at = 0;
  for (const code of optionOrder(options.keys())) at = writeOption(area, at, code, options.get(code));
  area[at] = OPTION.end;
  return area;
}

function checkCode(code: number): void {
  if (!Number.isInteger(code) || code <= OPTION.pad || code >= OPTION.end)
    throw new UnencodablePacket('bad-option', `${code} is not an option number`);
  if (code === OPTION.overload)
    throw new UnencodablePacket('bad-option', 'option overload is never sent: many ROMs cannot read it');
}

/** An empty value is one piece as well. */
function countPieces(value: Buffer): number {
  return Math.max(1, Math.ceil(value.length / LONGEST_PIECE_BYTES));
}

function optionOrder(codes: Iterable<number>): number[] {
  const rank = (code: number): number => {
    if (code === OPTION.messageType) return 0;
    if (code === OPTION.serverId) return 1;
    return code === OPTION.relayAgentInfo ? OPTION.end : code + 1;
  };
  return [...codes].sort((a, b) => rank(a) - rank(b));
}

/** Returns where the next option begins. */
function writeOption(area: Buffer, start: number, code: number, value: Buffer = Buffer.alloc(0)): number {
  let at = start;
  let from = 0;
  do {
    const length = Math.min(value.length - from, LONGEST_PIECE_BYTES);
    area[at] = code;
    area[at + 1] = length;
    value.copy(area, at + 2, from, from + length);
    at += 2 + length;
    from += length;
  } while (from < value.length);
  return at;
}
