/**
 * Text as FRU areas and sensor records have it, told by a byte of type and length (Platform Management FRU Information
 * Storage Definition §13, IPMI 2.0 §43.15): bits 7:6 are the coding, 5:0 the bytes that follow.
 */
export interface TypeLength {
  readonly coding: number;
  readonly bytes: number;
}

export function readTypeLength(byte: number): TypeLength {
  return { coding: byte >> 6, bytes: byte & 0x3f };
}

const CODING = { binary: 0, bcdPlus: 1, sixBit: 2 } as const;
const BCD_PLUS = '0123456789 -.???';

/** The text without blanks around it, and with nothing unprintable in it. */
export function readText(coding: number, bytes: Buffer): string {
  return decode(coding, bytes)
    .replaceAll(/[\p{C}\uFFFD]/gu, '')
    .trim();
}

function decode(coding: number, bytes: Buffer): string {
  switch (coding) {
    case CODING.binary:
      return bytes.toString('hex');
    case CODING.bcdPlus:
      return [...bytes].map((byte) => `${BCD_PLUS[byte >> 4]}${BCD_PLUS[byte & 0x0f]}`).join('');
    case CODING.sixBit:
      return decodeSixBit(bytes);
    default:
      return bytes.toString('latin1');
  }
}

/** Four characters in three bytes, the first in the low bits; 0 is a blank. */
function decodeSixBit(bytes: Buffer): string {
  let text = '';
  for (let bit = 0; bit + 6 <= bytes.length * 8; bit += 6) {
    const low = bytes[bit >> 3] ?? 0;
    const high = bytes[(bit >> 3) + 1] ?? 0;
    text += String.fromCharCode(0x20 + (((low | (high << 8)) >> (bit & 7)) & 0x3f));
  }
  return text;
}
