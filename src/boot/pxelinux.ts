import { type InstallScript, installFileUrl, type LocalScript, plainWords } from './boot-script.ts';
import { type DiskStep, LOCAL_BOOT } from './local-boot.ts';

/**
 * The config that loads an installer. Kernel and initrd come by HTTP (lpxelinux.0), whatever their size. APPEND takes
 * the rest of the line as it is: there is no quoting, and no way out of the line either. Where loading fails, the
 * machine starts anew and asks again (F39): pxelinux can go to another config once, but not a second time (measured).
 */
export function renderPxelinuxInstall(script: InstallScript): string {
  const { system, kernelArgs } = script;
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
    '  COM32 reboot.c32',
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
