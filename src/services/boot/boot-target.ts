import { chooseBootfile } from '../../boot/bootfile.ts';
import { decideBoot } from '../../boot/decide.ts';
import { isMadeFor } from '../../boot/loaders.ts';
import type { DhcpClient } from '../../dhcp/client.ts';
import { chooseFirmware } from '../../dhcp/client-firmware.ts';
import type { BootTarget } from '../../dhcp/facts.ts';
import { type Arch, describeArchCode, firmwareType } from '../../domain/boot/arch.ts';
import type { LoaderChoice } from '../../domain/boot/boot-choice.ts';
import type { Ipv4 } from '../../domain/network/ipv4.ts';
import { canonicalIpv4 } from '../../domain/records/fields.ts';
import type { Gathered } from '../dhcp/dhcp-facts.ts';

/** Firmware or loader: something that boots from the network now, not a running system that renews its lease. */
export function isBootClient(client: DhcpClient): boolean {
  return client.isPxe || client.isHttpClient || client.isIpxe;
}

export interface TargetSettings {
  readonly serverId: Ipv4;
  readonly httpPort: number;
  readonly isWithoutHttp?: ((name: string) => boolean) | undefined;
  readonly nowMs: number;
}

/** What this client shall boot, by the same policy as every other stage. */
export function chooseTarget(
  client: DhcpClient,
  { machine, subnet }: Gathered,
  { serverId, httpPort, isWithoutHttp = () => false, nowMs }: TargetSettings,
): BootTarget {
  if (!isBootClient(client) || client.mac === undefined)
    return { kind: 'none', reason: 'the client does not netboot' };
  const { action, reason } = decideBoot(
    { known: machine !== undefined, install: machine?.install ?? null },
    nowMs,
  );
  if (action === 'ignore' || machine === undefined) return { kind: 'none', reason };
  // F36: some firmware hangs on an offer that it cannot follow, so it gets none of the options that say "boot".
  if (action === 'local' && machine.localBoot === 'next')
    return { kind: 'none', reason: `${reason}; left to go on to its next boot device` };
  const arch = archFor(client, machine.loader);
  if (arch === undefined && !client.isIpxe)
    return { kind: 'none', reason: unsupportedFirmware(client, machine.system) };
  const nextServer = subnet?.nextServer == null ? serverId : canonicalIpv4(subnet.nextServer);
  const booter = {
    arch: arch ?? ('x86-bios' as const),
    transport: client.isHttpClient ? ('http' as const) : ('tftp' as const),
    isIpxe: client.isIpxe,
    mac: client.mac,
    system: machine.system,
    loader: machine.loader,
    isWithoutHttp,
  };
  const choice = chooseBootfile(booter, { address: nextServer, httpPort });
  if ('unsupported' in choice) return { kind: 'none', reason: choice.unsupported };
  const what = client.isIpxe ? 'a script for its iPXE' : `${machine.loader} for ${booter.arch}`;
  return {
    kind: 'boot',
    ...choice,
    httpBoot: client.isHttpClient && !client.isIpxe,
    action,
    reason: `${reason}; ${what}`,
  };
}

/** The firmware to boot: of several (F7) the best that the chosen loader is for. */
function archFor(client: DhcpClient, loader: LoaderChoice): Arch | undefined {
  const { archCodes, firmware, isHttpClient } = client;
  // F8: a ROM that does not say what it is is a BIOS where its record says so; pxelinux is for nothing else.
  if (archCodes.length === 0 && loader === 'pxelinux') return 'x86-bios';
  if (archCodes.length < 2 || firmware === undefined) return firmware?.arch;
  const fitting = archCodes.filter((code) => {
    const arch = firmwareType(code)?.arch;
    return arch !== undefined && isMadeFor(loader, arch);
  });
  return (chooseFirmware(fitting, isHttpClient) ?? firmware).arch;
}

/** Why this firmware gets no loader, and what would help. */
function unsupportedFirmware(client: DhcpClient, system: string): string {
  // F6: its ROM says that it is an x86 BIOS, and would run x86 code into nothing.
  if (client.isRaspberryPi)
    return 'the ROM of a Raspberry Pi has files of its own; put UEFI firmware on its SD card, and it boots as arm64-uefi';
  if (client.archCodes.length === 0)
    return `it does not say what firmware it has, and x86 code could be wrong for it; if it is a BIOS: provision system edit ${system} --loader pxelinux`;
  return `there is no loader for ${client.archCodes.map(describeArchCode).join(', ')} firmware; give it local media`;
}
