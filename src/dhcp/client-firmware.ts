import { type Arch, type FirmwareType, firmwareType } from '../domain/boot/arch.ts';
import type { Mac } from '../domain/network/mac.ts';

/** The firmware that a client says it has, and the wire number that said so. */
export interface ClientFirmware extends FirmwareType {
  readonly code: number;
}

/** Of several that a machine can run, the first here: 64 bits before 32, UEFI before BIOS. */
const PREFERENCE: readonly Arch[] = ['x64-uefi', 'arm64-uefi', 'x86-uefi', 'x86-bios'];

/**
 * Raspberry Pi vendor prefixes. The ROM of the Pi says arch 0 (x86 BIOS) although it is ARM: code for x86 must never
 * be served to it.
 */
const RASPBERRY_PI_PREFIXES = ['28:cd:c1', '2c:cf:67', 'b8:27:eb', 'd8:3a:dd', 'dc:a6:32', 'e4:5f:01'];

/**
 * Chooses from a list of option-93 numbers (RFC 4578 §2.1) the best that we have a loader for.
 *
 * A number whose transport is the one that the client asked for comes first: a machine in HTTP boot refuses a TFTP
 * name even if its firmware could do PXE too.
 */
export function chooseFirmware(codes: readonly number[], wantsHttp: boolean): ClientFirmware | undefined {
  const known = codes.flatMap((code) => {
    const type = firmwareType(code);
    return type === undefined ? [] : [{ ...type, code }];
  });
  const rank = (firmware: ClientFirmware): number =>
    PREFERENCE.indexOf(firmware.arch) + ((firmware.transport === 'http') === wantsHttp ? 0 : 100);
  return known.reduce<ClientFirmware | undefined>(
    (best, next) => (best === undefined || rank(next) < rank(best) ? next : best),
    undefined,
  );
}

/** The arch number in `PXEClient:Arch:00007:UNDI:003016` (or `HTTPClient:…`), PXE specification 2.1 table 2-1. */
export function parseVendorClassArch(vendorClass: string): number | undefined {
  const match = /^(?:PXE|HTTP)Client:Arch:([0-9]{1,5})(?::|$)/.exec(vendorClass);
  return match === null ? undefined : Number(match[1]);
}

/** Is this the boot ROM of a Raspberry Pi? The vendor class alone does not tell: x86 ROMs send the same. */
export function isRaspberryPiRom(mac: Mac | undefined, codes: readonly number[]): boolean {
  return mac !== undefined && codes.includes(0) && RASPBERRY_PI_PREFIXES.includes(mac.slice(0, 8));
}
