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
  const octet = (at: number): string => hex.slice(2 * at, 2 * at + 2);
  const swapped = `${octet(3)}${octet(2)}${octet(1)}${octet(0)}-${octet(5)}${octet(4)}-${octet(7)}${octet(6)}`;
  return `${swapped}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const PLACEHOLDER = /^(?:0{32}|f{32})$/;
