import { createHash } from 'node:crypto';
import { z } from 'zod';

/** Largest loader taken: the largest of today (a signed GRUB) has 4 MiB. */
export const MAX_LOADER_BYTES = 16 * 1024 * 1024;

/** Version of a loader as dpkg or its giver says it. */
export const loaderVersion = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[A-Za-z0-9.+:~_-]+$/, { message: 'must be a version like 1.21.1 or 2.06-13+deb12u2' });

/** What is on record of a loader that was installed: what it is, where it came from, who did it. */
export interface LoaderRecord {
  /** The name that machines ask for. */
  readonly name: string;
  /** Of its package, or as given; null when a file was given without one. */
  readonly version: string | null;
  /** `package ipxe: /usr/lib/ipxe/snponly.efi`, or `file snponly.efi` with the name it was given by. */
  readonly source: string;
  /** Lower-case hex, 64 digits. */
  readonly sha256: string;
  readonly bytes: number;
  readonly installedBy: string;
  readonly installedAt: string;
}

/**
 * `installed`: the file is what was recorded. `changed`: it is not (any more). `unrecorded`: machines get a file that
 * nobody installed by this service: from a folder of the configuration, or put into the data folder by hand.
 */
export type LoaderState = 'installed' | 'changed' | 'unrecorded' | 'missing';

/** A loader as `provision loaders list` shows it. */
export interface Loader {
  readonly name: string;
  readonly state: LoaderState;
  /** The file that machines are sent; null when there is none. */
  readonly path: string | null;
  /** Of the file as it is now. */
  readonly sha256: string | null;
  readonly bytes: number | null;
  readonly record: LoaderRecord | null;
  /** What to do about it; null when there is nothing to be done. */
  readonly remedy: string | null;
}

/** SHA-256 in lower-case hex. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** PE/COFF machine types (PE format, "Machine Types"), by what the end of a loader's name says. */
const MACHINES: readonly (readonly [RegExp, number, string])[] = [
  [/(?:aa64|arm64)\.efi$/, 0xaa64, 'ARM64'],
  [/(?:ia32|i386|x86)\.efi$/, 0x014c, 'IA32'],
  [/\.efi$/, 0x8664, 'x64'],
];

/**
 * Why these bytes cannot be the loader of this name, as a sentence; undefined when they can. An error page saved as
 * `ipxe.efi`, or a loader for another processor, would only be noticed when a machine hangs.
 */
export function refuseLoader(name: string, bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return 'the file is empty';
  if (bytes.length > MAX_LOADER_BYTES) return `the file is larger than ${MAX_LOADER_BYTES} bytes`;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (name.endsWith('.efi')) return refuseEfi(name, view);
  if (name.endsWith('.c32') && !(bytes.length > 4 && view.getUint32(0) === 0x7f454c46)) {
    return 'a .c32 module of syslinux 6 is an ELF file, and this is none';
  }
  return undefined;
}

function refuseEfi(name: string, view: DataView): string | undefined {
  const headerAt = view.byteLength >= 0x40 ? view.getUint32(0x3c, true) : view.byteLength;
  const isPe =
    headerAt + 6 <= view.byteLength &&
    view.getUint16(0) === 0x4d5a &&
    view.getUint32(headerAt) === 0x50450000;
  if (!isPe) return 'an .efi loader is a PE file, and this is none';
  const [, wanted, words] = MACHINES.find(([end]) => end.test(name)) ?? [undefined, 0, ''];
  const found = view.getUint16(headerAt + 4, true);
  if (found === wanted) return undefined;
  const known =
    MACHINES.find(([, machine]) => machine === found)?.[2] ?? `machine type 0x${found.toString(16)}`;
  return `the name says ${words}, but this file is for ${known}`;
}
