import type { BootDevice, BootOverride } from '../domain/power/power.ts';
import { MalformedMessage, needBytes } from './malformed.ts';
import { type IpmiRequest, NET_FN } from './message.ts';

/** Parameters of the system boot options (IPMI 2.0 §28.13). */
const PARAMETER = { flagValidClearing: 3, infoAcknowledge: 4, flags: 5 } as const;

/** Set System Boot Options (IPMI 2.0 §28.12). */
function setParameter(parameter: number, what: string, data: readonly number[]): IpmiRequest {
  return {
    name: `Set System Boot Options (${what})`,
    netFn: NET_FN.chassis,
    command: 0x08,
    data: Buffer.from([parameter, ...data]),
    operator: true,
  };
}

/** Nothing makes the BMC forget the flags by itself: neither 60 seconds without Chassis Control, nor a button, nor a watchdog. */
const NEVER_CLEAR = 0x1f;

/** Boot info acknowledge: only the BIOS's bit, as "not yet handled by it". */
const BIOS_BIT = 0x01;

const VALID = 0x80;
const PERSISTENT = 0x40;
const EFI = 0x20;
/** Boot device selector, bits 5:2 of the second byte of the flags. */
const DEVICE: Readonly<Record<BootDevice, number>> = {
  none: 0x0,
  pxe: 0x1,
  disk: 0x2,
  cdrom: 0x5,
  bios: 0x6,
};

/** The flags that make a machine boot so (IPMI 2.0 §28.13, parameter 5): five bytes. */
export function encodeBootFlags({ device, firmware, persistent }: BootOverride): Buffer {
  // Not "valid, no device": that would still choose the firmware mode of the next boot.
  if (device === 'none') return Buffer.alloc(5);
  const flags = VALID | (persistent ? PERSISTENT : 0) | (firmware === 'uefi' ? EFI : 0);
  return Buffer.from([flags, DEVICE[device] << 2, 0, 0, 0]);
}

/**
 * What sets an override, in this order: first that the BMC shall not drop the flags, then that the BIOS has not seen
 * them yet, then the flags. The first two are optional for a BMC; what counts is whether it takes the last.
 */
export function setBootFlags(override: BootOverride): {
  readonly before: readonly IpmiRequest[];
  readonly flags: IpmiRequest;
} {
  return {
    before: [
      setParameter(PARAMETER.flagValidClearing, 'flag valid bit clearing', [NEVER_CLEAR]),
      setParameter(PARAMETER.infoAcknowledge, 'boot info acknowledge', [BIOS_BIT, BIOS_BIT]),
    ],
    flags: setParameter(PARAMETER.flags, 'boot flags', [...encodeBootFlags(override)]),
  };
}

/** Get System Boot Options (IPMI 2.0 §28.13), the boot flags. */
export const GET_BOOT_FLAGS: IpmiRequest = {
  name: 'Get System Boot Options (boot flags)',
  netFn: NET_FN.chassis,
  command: 0x09,
  data: Buffer.from([PARAMETER.flags, 0, 0]),
  operator: true,
};

export interface BootFlags {
  /** Otherwise the rest means nothing, though some BMCs give back what was set. */
  readonly valid: boolean;
  readonly persistent: boolean;
  readonly firmware: 'bios' | 'uefi';
  /** undefined: a device that has no name here, such as a floppy. */
  readonly device: BootDevice | undefined;
}

/** Reads its answer. Throws MalformedMessage. */
export function decodeBootFlags(data: Buffer): BootFlags {
  needBytes(data, 7, 'Get System Boot Options');
  const parameter = data.readUInt8(1);
  if ((parameter & 0x7f) !== PARAMETER.flags)
    throw new MalformedMessage(`Get System Boot Options: parameter ${parameter & 0x7f} instead of 5`);
  const flags = data.readUInt8(2);
  const selector = (data.readUInt8(3) >> 2) & 0x0f;
  const found = Object.entries(DEVICE).find(([, code]) => code === selector);
  return {
    // The upper bit of the parameter says that it is locked or invalid as a whole.
    valid: (parameter & 0x80) === 0 && (flags & VALID) !== 0,
    persistent: (flags & PERSISTENT) !== 0,
    firmware: (flags & EFI) === 0 ? 'bios' : 'uefi',
    device: found?.[0] as BootDevice | undefined,
  };
}
