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
  [16, { arch: 'x64-uefi', transport: 'http' }],
  [19, { arch: 'arm64-uefi', transport: 'http' }],
]);

/** The firmware behind an option-93 number, or undefined for one that we have no loader for. */
export function firmwareType(code: number): FirmwareType | undefined {
  return FIRMWARE_TYPES.get(code);
}
