import type { InstallScript, LocalScript } from './boot-script.ts';
import { renderGrubInstall, renderGrubLocal } from './grub.ts';
import { renderIpxeInstall, renderIpxeLocal } from './ipxe.ts';
import { renderPxelinuxInstall, renderPxelinuxLocal } from './pxelinux.ts';

/** The languages that boot scripts are written in. */
export type ScriptForm = 'ipxe' | 'grub' | 'pxelinux';

/** The one table of boot scripts: what each loader is told, for the two things that a known machine can be told. */
export const SCRIPTS: Readonly<
  Record<
    ScriptForm,
    {
      readonly install: (script: InstallScript) => string;
      readonly local: (script: LocalScript) => string;
    }
  >
> = {
  ipxe: { install: renderIpxeInstall, local: renderIpxeLocal },
  grub: { install: renderGrubInstall, local: renderGrubLocal },
  pxelinux: { install: renderPxelinuxInstall, local: renderPxelinuxLocal },
};
