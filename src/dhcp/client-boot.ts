import type { Mac } from '../domain/network/mac.ts';
import {
  type ClientFirmware,
  chooseFirmware,
  isRaspberryPiRom,
  parseVendorClassArch,
} from './client-firmware.ts';
import { OPTION } from './codes.ts';
import { readBytes, readText, readU16List, type TakeValue } from './options.ts';
import type { DhcpPacket } from './packet.ts';
import { parseUserClasses } from './user-class.ts';

/** What a packet says of the firmware or loader that sent it. */
export interface BootFacts {
  readonly vendorClass: string | undefined;
  readonly userClasses: readonly string[];
  /** Option 93 (or the number in option 60), in the order of the client. */
  readonly archCodes: readonly number[];
  /** The best supported of `archCodes`; undefined if there is none. */
  readonly firmware: ClientFirmware | undefined;
  /** A PXE ROM, or iPXE, which presents itself as one. */
  readonly isPxe: boolean;
  /** UEFI HTTP boot. */
  readonly isHttpClient: boolean;
  /** Runs iPXE (or a brand of it) already: it takes a script, never a loader. */
  readonly isIpxe: boolean;
  readonly isRaspberryPi: boolean;
}

/** User classes by which iPXE and its brands are known; gPXE is not one, it hangs on scripts for iPXE. */
export const IPXE_USER_CLASSES: readonly string[] = ['iPXE', 'xNBA'];

/** Reads what the packet says of the way in which its machine boots. */
export function describeBoot(
  packet: DhcpPacket,
  mac: Mac | undefined,
  ipxeUserClasses: readonly string[],
  take: TakeValue,
): BootFacts {
  const { options } = packet;
  const vendorClass = take(readText(options, OPTION.vendorClass));
  const userClasses = userClassesOf(packet, take);
  // Looked at as bytes: a ROM that appends garbage to its class is still that ROM.
  const sentClass = options.get(OPTION.vendorClass)?.toString('latin1') ?? '';
  const isHttpClient = sentClass.startsWith('HTTPClient');
  const archCodes = take(readU16List(options, OPTION.clientArch)) ?? archCodesInClass(sentClass);
  const isIpxe = runsIpxe(packet, userClasses, ipxeUserClasses);
  const isRaspberryPi = !isIpxe && isRaspberryPiRom(mac, archCodes);
  return {
    vendorClass,
    userClasses,
    archCodes,
    firmware: isRaspberryPi ? undefined : chooseFirmware(archCodes, isHttpClient),
    isPxe: sentClass.startsWith('PXEClient'),
    isHttpClient,
    isIpxe,
    isRaspberryPi,
  };
}

function userClassesOf(packet: DhcpPacket, take: TakeValue): readonly string[] {
  const bytes = take(readBytes(packet.options, OPTION.userClass));
  if (bytes === undefined) return [];
  const classes = parseUserClasses(bytes);
  if (classes !== undefined) return classes;
  take({
    state: 'malformed',
    code: OPTION.userClass,
    reason: `option ${OPTION.userClass}: neither text nor a list: ${bytes.toString('hex')}`,
  });
  return [];
}

function archCodesInClass(vendorClass: string): readonly number[] {
  const code = parseVendorClassArch(vendorClass);
  return code === undefined ? [] : [code];
}

/**
 * Either sign is enough: builds are known that send only one. gPXE sends option 175 as well, and is a ROM to us:
 * it gets a loader, which is how it becomes iPXE.
 */
function runsIpxe(
  packet: DhcpPacket,
  userClasses: readonly string[],
  ipxeUserClasses: readonly string[],
): boolean {
  const has = (name: string): boolean =>
    userClasses.some((sent) => sent.toLowerCase() === name.toLowerCase());
  if (has('gPXE')) return false;
  return ipxeUserClasses.some(has) || packet.options.has(OPTION.ipxe);
}
