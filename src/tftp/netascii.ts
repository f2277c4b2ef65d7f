const CR = 0x0d;
const LF = 0x0a;
const NUL = 0x00;

/**
 * A file in netascii (RFC 1350 §1, RFC 764): LF goes out as CR LF and a bare CR as CR NUL; a client turns both back,
 * so every file survives. CR LF in the file is two characters and becomes CR NUL CR LF. All other bytes are kept.
 */
export function encodeNetascii(bytes: Buffer): Buffer {
  let longer = 0;
  for (const byte of bytes) if (byte === LF || byte === CR) longer += 1;
  if (longer === 0) return bytes;
  const out = Buffer.allocUnsafe(bytes.length + longer);
  let at = 0;
  for (const byte of bytes) {
    if (byte === LF) out[at++] = CR;
    out[at++] = byte;
    if (byte === CR) out[at++] = NUL;
  }
  return out;
}
