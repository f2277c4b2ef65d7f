import { formatIpv4, type Ipv4 } from '../domain/network/ipv4.ts';
import type { DhcpClient } from './client.ts';
import { FIELD_BYTES, OPTION } from './codes.ts';
import type { BootTarget } from './facts.ts';
import type { OptionMap } from './option-area.ts';
import { textBytes } from './options.ts';

/** The boot part of an answer, or why there is none. */
export type BootAnswer =
  | {
      readonly kind: 'none';
      readonly code: 'target-none' | 'not-a-boot-client' | 'transport-mismatch' | 'bootfile-unusable';
      readonly reason: string;
    }
  | { readonly kind: 'boot'; readonly siaddr: Ipv4; readonly file: string; readonly options: OptionMap };

const LONGEST_FILE_BYTES = FIELD_BYTES.file - 1;
/** ROMs do not join split options (RFC 3396), so option 67 must fit into one piece. */
const LONGEST_OPTION_67_BYTES = 255;

/**
 * PXE specification 2.1 table 2-1, tag 6 PXE_DISCOVERY_CONTROL with bit 3 alone: no boot menu, no boot server
 * discovery, take the file that the offer names. One byte more is a menu, and a menu makes firmware wait or loop.
 */
const USE_OFFERED_FILE = Buffer.of(6, 1, 8, 0xff);

/**
 * iPXE's encapsulated option 175.176 "no-pxedhcp": do not wait for a ProxyDHCP offer. Without it iPXE waits about
 * three seconds between OFFER and REQUEST (measured with the ROM of QEMU), in every boot.
 */
const IPXE_NO_PROXY_DHCP = Buffer.of(176, 1, 1);

/**
 * Chooses what of a boot target this client gets to see, and in which form. All or nothing: a client that must not
 * boot from us gets no option 60, 43 or 67 and no siaddr, as some firmware hangs on an offer that says PXE and names
 * no file.
 */
export function chooseBootAnswer(client: DhcpClient, target: BootTarget): BootAnswer {
  if (target.kind === 'none') return { kind: 'none', code: 'target-none', reason: target.reason };
  const unusable = findUnusable(target.bootfile);
  if (unusable !== undefined) return none('bootfile-unusable', unusable);
  if (client.isIpxe) return ipxeAnswer(target);
  if (client.isHttpClient) return httpAnswer(target);
  if (client.isPxe || client.messageType === 'bootp') return romAnswer(client, target);
  return none('not-a-boot-client', 'the client is neither PXE, HTTP boot nor iPXE: an operating system');
}

type Target = Extract<BootTarget, { kind: 'boot' }>;

function none(code: Extract<BootAnswer, { kind: 'none' }>['code'], reason: string): BootAnswer {
  return { kind: 'none', code, reason };
}

/** Backslashes are refused as well: shim reads the directory out of this text and knows `/` only. */
function findUnusable(bootfile: string): string | undefined {
  if (!/^[\u0021-\u007e]+$/.test(bootfile) || bootfile.includes('\\'))
    return `bootfile ${JSON.stringify(bootfile)} is not plain ASCII with forward slashes`;
  if (bootfile.length > LONGEST_OPTION_67_BYTES)
    return `bootfile has ${bootfile.length} bytes, ${LONGEST_OPTION_67_BYTES} fit option 67`;
  return undefined;
}

/** No option 60: iPXE takes an offer that says `PXEClient` for a ProxyDHCP offer as well. */
function ipxeAnswer(target: Target): BootAnswer {
  return answer(target, [
    [OPTION.tftpServerName, textBytes(formatIpv4(target.nextServer))],
    [OPTION.bootfile, textBytes(target.bootfile)],
    [OPTION.ipxe, IPXE_NO_PROXY_DHCP],
  ]);
}

/** UEFI specification 2.10 §24.7: an offer is HTTP boot only if option 60 says so and the file is a URL. */
function httpAnswer(target: Target): BootAnswer {
  if (!target.httpBoot || !/^https?:\/\/[^/]/.test(target.bootfile))
    return none('transport-mismatch', `HTTP boot needs a URL, the bootfile is ${target.bootfile}`);
  return answer(target, [
    [OPTION.vendorClass, textBytes('HTTPClient')],
    [OPTION.bootfile, textBytes(target.bootfile)],
  ]);
}

/**
 * ROMs read siaddr and `file`, or 66 and 67, so both say the same. Option 67 ends in NUL: some ROMs read it as a C
 * string and ask for `name\xff` otherwise, and EDK2 writes a NUL behind it, over the next option.
 */
function romAnswer(client: DhcpClient, target: Target): BootAnswer {
  if (target.httpBoot)
    return none('transport-mismatch', `a PXE ROM takes a TFTP name, the bootfile is ${target.bootfile}`);
  if (target.bootfile.length > LONGEST_FILE_BYTES)
    return none(
      'bootfile-unusable',
      `bootfile has ${target.bootfile.length} bytes, a ROM reads at most ${LONGEST_FILE_BYTES}`,
    );
  if (client.messageType === 'bootp') return answer(target, []);
  return answer(target, [
    [OPTION.vendorSpecific, USE_OFFERED_FILE],
    [OPTION.vendorClass, textBytes('PXEClient')],
    [OPTION.tftpServerName, textBytes(formatIpv4(target.nextServer))],
    [OPTION.bootfile, textBytes(`${target.bootfile}\0`)],
  ]);
}

/** A URL too long for `file` (iPXE, HTTP boot) stands in option 67 alone; both read that first. */
function answer(target: Target, options: readonly (readonly [number, Buffer])[]): BootAnswer {
  const file = target.bootfile.length <= LONGEST_FILE_BYTES ? target.bootfile : '';
  return { kind: 'boot', siaddr: target.nextServer, file, options: new Map(options) };
}
