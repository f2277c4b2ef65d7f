/**
 * What a machine's firmware can run, from DHCP option 93 (RFC 4578 §2.1 and the IANA "Processor Architecture
 * Types" registry). Several wire numbers are one firmware to us; the table is the only place that knows them.
 */
export type Arch = 'x86-bios' | 'x86-uefi' | 'x64-uefi' | 'arm64-uefi';

/** How the firmware fetches its first file. */
export type BootTransport = 'tftp' | 'http';

export interface FirmwareType {
  readonly arch: Arch;
  readonly transport: BootTransport;
}

const FIRMWARE_TYPES: ReadonlyMap<number, FirmwareType> = new Map([
  [0, { arch: 'x86-bios', transport: 'tftp' }],
  [6, { arch: 'x86-uefi', transport: 'tftp' }],
  // RFC 4578 says 7 is EFI byte code and 9 is x64; the firmware of the world says 7 for x64. Both are x64 (pixiecore found both).
  [7, { arch: 'x64-uefi', transport: 'tftp' }],
  [9, { arch: 'x64-uefi', transport: 'tftp' }],
  [11, { arch: 'arm64-uefi', transport: 'tftp' }],
  [15, { arch: 'x86-uefi', transport: 'http' }],
  // 16 and 17 are to HTTP what 9 and 7 are to TFTP.
  [16, { arch: 'x64-uefi', transport: 'http' }],
  [17, { arch: 'x64-uefi', transport: 'http' }],
  [19, { arch: 'arm64-uefi', transport: 'http' }],
  [20, { arch: 'x86-bios', transport: 'http' }],
]);

/** The firmware behind an option-93 number, or undefined for one that we have no loader for. */
export function firmwareType(code: number): FirmwareType | undefined {
  return FIRMWARE_TYPES.get(code);
}

/** Firmware that netboots and that we have nothing for, so that an operator reads more than a number. */
const OTHER_FIRMWARE: ReadonlyMap<number, string> = new Map([
  [2, 'Itanium'],
  [8, 'EFI on XScale'],
  [10, '32-bit ARM UEFI'],
  [12, 'PowerPC Open Firmware'],
  [13, 'PowerPC ePAPR'],
  [14, 'POWER OPAL'],
  [18, '32-bit ARM UEFI, HTTP boot'],
  [21, '32-bit ARM U-Boot'],
  [22, '64-bit ARM U-Boot'],
  [23, '32-bit ARM U-Boot, HTTP'],
  [24, '64-bit ARM U-Boot, HTTP'],
  [25, '32-bit RISC-V UEFI'],
  [26, '32-bit RISC-V UEFI, HTTP boot'],
  [27, '64-bit RISC-V UEFI'],
  [28, '64-bit RISC-V UEFI, HTTP boot'],
  [31, 's390'],
  [37, 'LoongArch 32 UEFI'],
  [39, 'LoongArch 64 UEFI'],
  [41, 'Raspberry Pi ROM'],
]);

/** An option-93 number as people know it: `x64-uefi by http (16)`, `64-bit RISC-V UEFI (27)`, `unknown (999)`. */
export function describeArchCode(code: number): string {
  const type = firmwareType(code);
  if (type !== undefined) return `${type.arch}${type.transport === 'http' ? ' by http' : ''} (${code})`;
  return `${OTHER_FIRMWARE.get(code) ?? 'unknown'} (${code})`;
}
