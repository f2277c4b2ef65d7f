import { macWithDashes } from '../domain/network/mac.ts';
import {
  type HandOver,
  type InstallScript,
  installFileUrl,
  type LocalScript,
  plainWords,
  RETRY_SECONDS,
} from './boot-script.ts';
import { type BootServer, bootUrl } from './bootfile.ts';
import { LOADERS, LOCAL_BOOT_LOADERS } from './loaders.ts';
import { type DiskStep, LOCAL_BOOT } from './local-boot.ts';

/** iPXE's name for an architecture, `${buildarch}`, and ours. */
const EFI_ARCHS = [
  ['x86_64', 'x64-uefi'],
  ['arm64', 'arm64-uefi'],
  ['i386', 'x86-uefi'],
] as const;

/**
 * The script that loads an installer. `initrd=initrd` is for the EFI stub, which finds iPXE's files by name; BIOS
 * kernels ignore it. On failure it waits and asks for its script again, so that the server decides anew: a link that is
 * still coming up gets more time (F39), an install that is over by then becomes a local boot. Never a shell nobody sees.
 */
export function renderIpxeInstall(script: InstallScript): string {
  return lines([
    `echo provision: installing ${script.system}`,
    'imgfree ||',
    `kernel --name kernel ${installFileUrl(script, 'kernel')} initrd=initrd ${script.kernelArgs.join(' ')} || goto again`,
    `initrd --name initrd ${installFileUrl(script, 'initrd')} || goto again`,
    'boot || goto again',
    ...askAgain(scriptUrl(script), 'loading failed'),
  ]);
}

/** The script that sends a machine to its disk: the rows of the table of local boot, for either kind of firmware. */
export function renderIpxeLocal({ reason, server, localBoot }: LocalScript): string {
  const choice = LOCAL_BOOT[localBoot];
  return lines([
    `echo provision: booting from the local disk (${plainWords(reason)})`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: iPXE expands it, on the machine
    'iseq ${platform} efi && goto efi ||',
    ...choice['ipxe-bios'].flatMap((step) => diskStep(step, server)),
    ':efi',
    ...choice['ipxe-efi'].flatMap((step) => diskStep(step, server)),
  ]);
}

function diskStep(step: DiskStep, server: BootServer): string[] {
  switch (step) {
    case 'exit-ok':
      return ['exit 0'];
    case 'exit-failure':
      return ['exit 1'];
    case 'disk':
      return ['sanboot --no-describe --drive 0x80 ||'];
    case 'find':
      return EFI_ARCHS.flatMap(([buildarch, arch]) => {
        const loader = LOCAL_BOOT_LOADERS[arch];
        return loader === null ? [] : [onArch(buildarch, `chain ${bootUrl(server)}/loaders/${loader} ||`)];
      });
  }
}

/**
 * The script of an iPXE that was there before us (in the NIC's ROM) on a machine for which another loader is chosen.
 * Names no token, so it is not counted: the loader's own script is. Not `--replace`: a loader that fails comes back here.
 */
export function renderIpxeHandOver({ system, mac, server, loader }: HandOver): string {
  const mend = `echo provision: if this firmware cannot run it: provision system edit ${system} --loader ipxe`;
  const chains = loader === 'grub' ? grubChains(server) : pxelinuxChain(server);
  return lines([
    `echo provision: handing on to ${loader} on ${system}`,
    ...chains,
    mend,
    ...askAgain(scriptUrl({ mac, server }), `${loader} did not start`),
  ]);
}

function grubChains(server: BootServer): string[] {
  return EFI_ARCHS.flatMap(([buildarch, arch]) => {
    const chain = LOADERS.grub[arch];
    // shim asks for its GRUB by TFTP, in the folder of the file that DHCP named: see the names that loaders ask for.
    return 'none' in chain ? [] : [onArch(buildarch, `chain ${bootUrl(server)}/loaders/${chain.first} ||`)];
  }).map(onlyOn('efi'));
}

/** pxelinux reads the folder of its files out of DHCP option 210; what iPXE sets, it passes on. */
function pxelinuxChain(server: BootServer): string[] {
  const chain = LOADERS.pxelinux['x86-bios'];
  if ('none' in chain) return [];
  const base = `${bootUrl(server)}/loaders/`;
  return [`set 210:string ${base}`, onlyOn('pcbios')(`chain ${base}${chain.first} ||`)];
}

const onlyOn =
  (platform: 'efi' | 'pcbios') =>
  (command: string): string =>
    `iseq \${platform} ${platform} && ${command}`;

function onArch(buildarch: string, command: string): string {
  return `iseq \${buildarch} ${buildarch} && ${command}`;
}

/**
 * The script that builds of iPXE ask for by themselves before anything else (F29). It goes by DHCP where that has not
 * been done, and names the NIC that it came by, which need not be net0 (F38).
 */
export function renderAutoexec(server: BootServer): string {
  return lines([
    ':again',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: iPXE expands it, on the machine
    'isset ${netX/ip} || dhcp || goto wait',
    `chain --replace ${bootUrl(server)}/boot/ipxe/\${netX/mac:hexhyp} || goto wait`,
    ':wait',
    `echo provision: no boot script yet, asking again in ${RETRY_SECONDS} seconds`,
    `sleep ${RETRY_SECONDS}`,
    'goto again',
  ]);
}

function scriptUrl({ server, mac }: Pick<HandOver, 'server' | 'mac'>): string {
  return `${bootUrl(server)}/boot/ipxe/${macWithDashes(mac)}`;
}

function askAgain(url: string, what: string): string[] {
  return [
    ':again',
    `echo provision: ${what}, asking again in ${RETRY_SECONDS} seconds`,
    `sleep ${RETRY_SECONDS}`,
    `chain --replace ${url} || goto again`,
  ];
}

function lines(commands: readonly string[]): string {
  return ['#!ipxe', ...commands, ''].join('\n');
}
