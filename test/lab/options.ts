import { parseArgs } from 'node:util';
import type { Firmware } from './machine.ts';

export type Mode = 'quick' | 'image' | 'full';

export interface LabOptions {
  readonly mode: Mode;
  readonly firmwares: readonly Firmware[];
  readonly json: boolean;
  readonly keep: boolean;
  readonly help: boolean;
}

export const USAGE = `Usage: npm run lab -- [--quick | --image] [--firmware bios|uefi|both] [--json] [--keep]

Provisions a virtual machine from the network, in private network namespaces, through the provision command:
  (default)    Debian by its own installer, from a small mirror: the machine installs, reboots, answers SSH
  --image      a Debian disk image is written by the deploy agent; the machine reboots and answers SSH
  --quick      the deploy agent checks what it was served and reports; the machine is then sent to its disk

  --firmware   bios, uefi or both (default: both with --quick, otherwise bios)
  --json       print a summary with the seconds of every stage at the end
  --keep       leave machine, server, namespaces and files as they are, and say how to look at them

Needs root, a Debian host with ipxe, ovmf and qemu-system-x86, and about 2 GB of memory.`;

/** A command line that makes no sense. */
export class UsageError extends Error {}

export function parseOptions(args: readonly string[]): LabOptions {
  const { values } = read(args);
  if (values.quick && values.image)
    throw new UsageError('--quick and --image are two different runs: choose one');
  const mode = values.quick ? 'quick' : values.image ? 'image' : 'full';
  const firmware = values.firmware ?? (mode === 'quick' ? 'both' : 'bios');
  return {
    mode,
    firmwares: parseFirmware(firmware),
    json: values.json,
    keep: values.keep,
    help: values.help,
  };
}

function read(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean', default: false },
        image: { type: 'boolean', default: false },
        firmware: { type: 'string' },
        json: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function parseFirmware(text: string): readonly Firmware[] {
  if (text === 'both') return ['bios', 'uefi'];
  if (text === 'bios' || text === 'uefi') return [text];
  throw new UsageError(`--firmware ${text}: expected bios, uefi or both`);
}
