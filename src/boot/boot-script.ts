import type { LoaderChoice, LocalBootChoice } from '../domain/boot/boot-choice.ts';
import type { Mac } from '../domain/network/mac.ts';
import { type BootServer, bootUrl } from './bootfile.ts';

/** What the script of one install needs. Its URLs carry the install's token. */
export interface InstallScript {
  readonly system: string;
  /** The NIC that boots. */
  readonly mac: Mac;
  readonly server: BootServer;
  readonly token: string;
  readonly kernelArgs: readonly string[];
}

/** What the script of a machine that goes to its disk needs. */
export interface LocalScript {
  /** One sentence, shown on the machine's console. */
  readonly reason: string;
  readonly server: BootServer;
  readonly localBoot: LocalBootChoice;
}

/** What the script of a machine whose iPXE hands on to another loader needs. */
export interface HandOver {
  readonly system: string;
  readonly mac: Mac;
  readonly server: BootServer;
  readonly loader: Extract<LoaderChoice, 'grub' | 'pxelinux'>;
}

/** How long a loader waits before it asks for its script again, in seconds: a link may still be coming up (F39). */
export const RETRY_SECONDS = 10;

/** Where the kernel and initrd of an install are, below an HTTP or TFTP root. */
export function installFile(token: string, name: 'kernel' | 'initrd'): string {
  return `i/${token}/${name}`;
}

/** The same as a URL. */
export function installFileUrl({ server, token }: InstallScript, name: 'kernel' | 'initrd'): string {
  return `${bootUrl(server)}/${installFile(token, name)}`;
}

/** Only harmless characters: every loader expands or splits at some of the others. For words on a console. */
export function plainWords(text: string): string {
  return text.replace(/[^A-Za-z0-9 .,:()-]/g, '').slice(0, 200);
}
