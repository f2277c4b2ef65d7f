import type { Arch } from '../domain/boot/arch.ts';
import type { LoaderChoice } from '../domain/boot/boot-choice.ts';
import { formatIpv4, type Ipv4 } from '../domain/network/ipv4.ts';
import { type Mac, macWithDashes } from '../domain/network/mac.ts';
import { LOADERS } from './loaders.ts';

/** How this very packet's sender boots: its firmware, or iPXE that the firmware has loaded already. */
export interface Booter {
  readonly arch: Arch;
  readonly transport: 'tftp' | 'http';
  readonly isIpxe: boolean;
  readonly mac: Mac;
  /** The name of its record, for the command that mends a choice that cannot work. */
  readonly system: string;
  readonly loader: LoaderChoice;
  /** Is this a loader that can fetch by TFTP only? */
  readonly isWithoutHttp: (name: string) => boolean;
}

/** Where the boot listener answers. */
export interface BootServer {
  readonly address: Ipv4;
  readonly httpPort: number;
}

export interface Bootfile {
  readonly nextServer: Ipv4;
  /** A TFTP name, or a whole URL for clients that speak HTTP. */
  readonly bootfile: string;
}

/** Base URL of the boot listener; addresses only, since firmware often has no DNS (F13). */
export function bootUrl(server: BootServer): string {
  const port = server.httpPort === 80 ? '' : `:${server.httpPort}`;
  return `http://${formatIpv4(server.address)}${port}`;
}

/**
 * Next-server and bootfile together, or the reason why there is none. iPXE always gets its script (F9), and the script
 * hands on to another loader where one is chosen.
 */
export function chooseBootfile(
  { arch, transport, isIpxe, mac, system, loader, isWithoutHttp }: Booter,
  server: BootServer,
): Bootfile | { readonly unsupported: string } {
  const nextServer = server.address;
  if (loader === 'none') return { unsupported: `the record of ${system} says loader none` };
  if (isIpxe) return { nextServer, bootfile: `${bootUrl(server)}/boot/ipxe/${macWithDashes(mac)}` };
  const chain = LOADERS[loader][arch];
  if ('none' in chain) {
    const mend = `provision system edit ${system} --loader ipxe`;
    return { unsupported: `there is no ${loader} for ${arch} firmware: ${chain.none} (${mend})` };
  }
  const { first, needs } = chain;
  // Measured: such a GRUB finds no network after UEFI HTTP boot, and stops in a shell that nobody sees.
  const withoutHttp = transport === 'http' ? needs.find(isWithoutHttp) : undefined;
  if (withoutHttp !== undefined) {
    const mend = `let the firmware boot by PXE, or: provision system edit ${system} --loader ipxe`;
    return {
      unsupported: `${withoutHttp} cannot fetch by HTTP, as it would have to after UEFI HTTP boot: ${mend}`,
    };
  }
  return { nextServer, bootfile: transport === 'http' ? `${bootUrl(server)}/loaders/${first}` : first };
}
