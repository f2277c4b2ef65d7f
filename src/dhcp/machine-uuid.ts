/**
 * Text of option 97: a type octet of 0 and 16 bytes, RFC 4578 §2.3; undefined for another type or length, and for
 * the placeholders of boards that were never given one (all 00, all ff), which many machines share.
 *
 * The first three groups are little-endian on the wire, as SMBIOS stores them (SMBIOS 3.0 §7.2.1). RFC 4578 does
 * not say so; OVMF and iPXE do it, and only so the text equals that of dmidecode and of the machine's label.
 */
export function formatMachineUuid(bytes: Buffer | undefined): string | undefined {
  if (bytes?.length !== 17 || bytes[0] !== 0) return undefined;
  const hex = bytes.toString('hex', 1);
  if (PLACEHOLDER.test(hex)) return undefined;
  const swapped = [6, 4, 2, 0, 10, 8, 14, 12].map((at) => hex.slice(at, at + 2)).join('');
  const groups = [
    swapped.slice(0, 8),
    swapped.slice(8, 12),
    swapped.slice(12),
    hex.slice(16, 20),
    hex.slice(20),
  ];
  return groups.join('-');
}

const PLACEHOLDER = /^(?:0{32}|f{32})$/;
