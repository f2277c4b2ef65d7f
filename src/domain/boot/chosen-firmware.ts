import type { Firmware } from '../power/power.ts';
import { firmwareType } from './arch.ts';
import type { LoaderChoice } from './boot-choice.ts';
import type { BootEvent } from './boot-event.ts';

/** What a machine's own firmware said last, in a DISCOVER, and since when it has said so. */
export interface HeardFirmware {
  readonly firmware: Firmware;
  /** RFC 3339. */
  readonly at: string;
}

/** How boot devices are set for a machine, and how that is known. */
export interface ChosenFirmware {
  readonly value: Firmware;
  /** Its record (`bmc.firmware`), option 93 of its DISCOVER, the loader on record, or nothing at all. */
  readonly from: 'system' | 'heard' | 'loader' | 'default';
  /** What was heard, whether it counts or not; null: it has never booted from the network here. */
  readonly heard: HeardFirmware | null;
}

/**
 * The record's word before what was heard before a guess. pxelinux is for BIOS alone. Everything else counts as UEFI until
 * it was heard: machines that cannot do UEFI ignore its flag, whereas a device that is set without the flag turns many
 * UEFI machines to legacy boot.
 */
export function chosenFirmware(
  record: Firmware | null,
  heard: HeardFirmware | null,
  loader: LoaderChoice,
): ChosenFirmware {
  if (record !== null) return { value: record, from: 'system', heard };
  if (heard !== null) return { value: heard.firmware, from: 'heard', heard };
  return loader === 'pxelinux'
    ? { value: 'bios', from: 'loader', heard }
    : { value: 'uefi', from: 'default', heard };
}

/**
 * What an event says of a machine's firmware: option 93 (RFC 4578 §2.1) of a DISCOVER that netboots. Undefined: nothing. Of
 * several numbers one of UEFI decides: a BIOS has none of them.
 */
export function heardFirmware({ stage, data }: Pick<BootEvent, 'stage' | 'data'>): Firmware | undefined {
  if (stage !== 'dhcp-discover' || data['netboot'] !== true) return undefined;
  const codes = String(data['archCodes'] ?? '').split(',');
  const archs = codes.flatMap((code) => (code === '' ? [] : (firmwareType(Number(code))?.arch ?? [])));
  if (archs.length === 0) return undefined;
  return archs.every((arch) => arch === 'x86-bios') ? 'bios' : 'uefi';
}

/** `not known yet, so UEFI is asked for …`, where the firmware is only guessed; undefined where it is known. */
export function firmwareDoubt({ value, from }: ChosenFirmware, system: string): string | undefined {
  if (from === 'system' || from === 'heard') return undefined;
  const [asked, other] = value === 'uefi' ? ['UEFI', 'bios'] : ['BIOS', 'uefi'];
  const why = from === 'loader' ? ', as its loader is pxelinux' : '';
  return `its firmware is not known yet: asked for ${asked}${why}; if it is not: provision system edit ${system} --bmc-firmware ${other}`;
}
