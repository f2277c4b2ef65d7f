/**
 * Text of option 97: a type octet of 0 and 16 bytes, RFC 4578 §2.3; undefined for another type or length, and for
 * the placeholders of boards that were never given one (all 00, all ff), which many machines share.
 *
 * The first three groups are little-endian on the wire, as SMBIOS stores them (SMBIOS 3.0 §7.2.1). RFC 4578 does
 * not say so; OVMF and iPXE do it, and only so the text equals that of dmidecode and of the machine's label.
 */
export function formatMachineUuid(bytes: Buffer | undefined): string | undefined {
  if (bytes?.length !== 17 || bytes[0] !== 0) return undefined;
  const uuid = bytes.subarray(1);
  if (uuid.every((octet) => octet === 0) || uuid.every((octet) => octet === 0xff)) return undefined;
  const groups = [
    Buffer.from(uuid.subarray(0, 4)).reverse(),
    Buffer.from(uuid.subarray(4, 6)).reverse(),
    Buffer.from(uuid.subarray(6, 8)).reverse(),
    uuid.subarray(8, 10),
    uuid.subarray(10, 16),
  ];
  return groups.map((group) => group.toString('hex')).join('-');
}
