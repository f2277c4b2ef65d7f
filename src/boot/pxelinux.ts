import { type Mac, macWithDashes } from '../domain/mac.ts';
import {
  type InstallScript,
  installFileUrl,
  type LocalScript,
  plainWords,
  RETRY_SECONDS,
} from './boot-script.ts';
import { type DiskStep, LOCAL_BOOT } from './local-boot.ts';

/** The name by which pxelinux asks for the config of a NIC: `01` is the hardware type, Ethernet. */
export function pxelinuxConfigName(mac: Mac): string {
  return `pxelinux.cfg/01-${macWithDashes(mac)}`;
}

/** The name of the config that waits and then asks for the other one again. */
function waitConfigName(mac: Mac): string {
  return `pxelinux.cfg/wait-01-${macWithDashes(mac)}`;
}

/**
 * The config that loads an installer. Kernel and initrd come by HTTP (lpxelinux.0), whatever their size. APPEND takes
 * the rest of the line as it is: there is no quoting, and no way out of the line either. Where loading fails, pxelinux
 * goes on to a config that waits and asks for this one again (F39).
 */
export function renderPxelinuxInstall(script: InstallScript): string {
  const { system, mac, kernelArgs } = script;
  return lines([
    'DEFAULT install',
    'PROMPT 0',
    'NOESCAPE 1',
    'ONERROR again',
    `SAY provision: installing ${system}`,
    'LABEL install',
    `  KERNEL ${installFileUrl(script, 'kernel')}`,
    `  INITRD ${installFileUrl(script, 'initrd')}`,
    ...(kernelArgs.length === 0 ? [] : [`  APPEND ${kernelArgs.join(' ')}`]),
    'LABEL again',
    `  CONFIG ${waitConfigName(mac)}`,
  ]);
}

/** Waits, and asks anew: the server may say something else by then. Names no token and is not counted. */
export function renderPxelinuxWait(mac: Mac): string {
  return lines([
    'DEFAULT again',
    'PROMPT 1',
    // tenths of a second
    `TIMEOUT ${RETRY_SECONDS * 10}`,
    `SAY provision: loading failed, asking again in ${RETRY_SECONDS} seconds`,
    'LABEL again',
    `  CONFIG ${pxelinuxConfigName(mac)}`,
  ]);
}

/** The config that sends a machine to its disk. */
export function renderPxelinuxLocal({ reason, localBoot }: LocalScript): string {
  const [step = 'exit-ok'] = LOCAL_BOOT[localBoot]['pxelinux-bios'];
  return lines([
    'DEFAULT local',
    'PROMPT 0',
    'NOESCAPE 1',
    `SAY provision: booting from the local disk (${plainWords(reason)})`,
    'LABEL local',
    ...diskStep(step).map((line) => `  ${line}`),
  ]);
}

function diskStep(step: DiskStep): string[] {
  switch (step) {
    case 'exit-ok':
      return ['LOCALBOOT 0'];
    case 'exit-failure':
      return ['LOCALBOOT -1'];
    case 'disk':
    case 'find':
      return ['COM32 chain.c32', 'APPEND hd0'];
  }
}

function lines(commands: readonly string[]): string {
  return ['# made by provision for this request', ...commands, ''].join('\n');
}
