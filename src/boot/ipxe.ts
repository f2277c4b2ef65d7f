/** What the iPXE script of one install needs. URLs carry the install's token. */
export interface InstallScript {
  readonly system: string;
  readonly kernelUrl: string;
  readonly initrdUrl: string;
  /** Where this very script came from. */
  readonly scriptUrl: string;
  readonly kernelArgs: readonly string[];
}

/**
 * The script that loads an installer. `initrd=initrd` is for the EFI stub, which finds iPXE's files by name; BIOS
 * kernels ignore it. On failure it waits and asks for its script again, so that the server decides anew: a link that is
 * still coming up gets more time (F39), an install that is over by then becomes a local boot. Never a shell nobody sees.
 */
export function renderInstallScript(script: InstallScript): string {
  return [
    '#!ipxe',
    `echo provision: installing ${script.system}`,
    'imgfree ||',
    `kernel --name kernel ${script.kernelUrl} initrd=initrd ${script.kernelArgs.join(' ')} || goto again`,
    `initrd --name initrd ${script.initrdUrl} || goto again`,
    'boot || goto again',
    ':again',
    'echo provision: loading failed, asking again in 10 seconds',
    'sleep 10',
    `chain --replace ${script.scriptUrl} || goto again`,
    '',
  ].join('\n');
}

/**
 * The script that sends a machine to its disk. On a BIOS a plain exit returns to INT 18h, the next boot device. On EFI
 * a small GRUB is chained that finds the disk's own EFI loader; where it is not there, newer builds of iPXE can start
 * the disk themselves; else iPXE leaves with an error, since success would stop the boot manager (F34) while failure
 * makes it try its next entry.
 */
export function renderLocalBootScript(reason: string, localLoaderUrl: string): string {
  return [
    '#!ipxe',
    `echo provision: booting from the local disk (${plainWords(reason)})`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: iPXE expands it, on the machine
    'iseq ${platform} efi || exit 0',
    `chain ${localLoaderUrl} || sanboot --no-describe --drive 0x80 || exit 1`,
    'exit 1',
    '',
  ].join('\n');
}

/** iPXE expands ${…} and splits at quotes: a reason shown on a console keeps only harmless characters. */
function plainWords(text: string): string {
  return text
    .replace(/[^A-Za-z0-9 .,:()'-]/g, '')
    .replaceAll("'", '')
    .slice(0, 200);
}
