import type { Arch } from '../domain/boot/arch.ts';
import type { LoaderChoice } from '../domain/boot/boot-choice.ts';
import type { Problem } from '../domain/errors.ts';
import { LOADERS } from './loaders.ts';

/** What is known before a machine was ever heard of. */
export interface BootPlan {
  readonly system: string;
  readonly loader: LoaderChoice;
  readonly distroArch: 'x86_64' | 'aarch64';
  readonly kernelArgs: readonly string[];
  /** Is this file of a loader there? */
  readonly isInstalled: (name: string) => boolean;
  /** Installed loaders that can only fetch by TFTP. */
  readonly withoutHttp: readonly string[];
  /** The largest file that goes by TFTP, in bytes. */
  readonly tftpFileBytes: number;
  /** Sizes of what the loader has to fetch. */
  readonly fileBytes: Readonly<Record<'kernel' | 'initrd', number>>;
}

/** The firmware that a distro's machines can have. */
const FIRMWARE: Readonly<Record<BootPlan['distroArch'], readonly Arch[]>> = {
  x86_64: ['x64-uefi', 'x86-bios', 'x86-uefi'],
  aarch64: ['arm64-uefi'],
};

/**
 * What the kernel of a pxelinux config may be told, in characters: its command line ends at 2047, and holds the URLs of
 * kernel and initrd as well.
 */
const PXELINUX_ARGS_LIMIT = 1800;

/** Everything for which an install with this loader cannot work on any machine; empty: nothing is in its way. */
export function bootProblems(plan: BootPlan): Problem[] {
  const { system, loader, kernelArgs } = plan;
  if (loader === 'none') {
    const mend = `provision system edit ${system} --loader ipxe`;
    return [{ path: 'loader', message: `loader none: the machine would never be told to boot (${mend})` }];
  }
  const problems = [...chainProblems(plan, loader), ...sizeProblems(plan, loader)];
  if (loader === 'grub') problems.push(...grubProblems(kernelArgs));
  if (loader === 'ipxe' || loader === 'ipxe-native') problems.push(...ipxeProblems(kernelArgs));
  if (loader === 'pxelinux' && kernelArgs.join(' ').length > PXELINUX_ARGS_LIMIT)
    problems.push({
      path: 'kernelArgs',
      message: `the kernel args have ${kernelArgs.join(' ').length} characters, pxelinux has room for ${PXELINUX_ARGS_LIMIT}`,
    });
  return problems;
}

/** The files of every chain that a machine of this distro can be booted by. */
function chainsOf({ distroArch }: BootPlan, loader: Exclude<LoaderChoice, 'none'>): string[][] {
  return FIRMWARE[distroArch].flatMap((arch) => {
    const chain = LOADERS[loader][arch];
    return 'none' in chain ? [] : [[chain.first, ...chain.needs]];
  });
}

function chainProblems(plan: BootPlan, loader: Exclude<LoaderChoice, 'none'>): Problem[] {
  // The NIC's own ROM may be iPXE: then no file is needed.
  if (loader === 'ipxe') return [];
  const chains = chainsOf(plan, loader);
  if (chains.length === 0) {
    const mend = `provision system edit ${plan.system} --loader ipxe`;
    return [{ path: 'loader', message: `${loader} cannot boot a machine of ${plan.distroArch} (${mend})` }];
  }
  const missing = chains.map((files) => files.filter((name) => !plan.isInstalled(name)));
  if (missing.some((files) => files.length === 0)) return [];
  const message = `${loader} is not there: ${missing[0]?.join(', ')} (get it with: provision loaders install)`;
  return [{ path: 'loader', message }];
}

/** F28: TFTP ends where its block counter does, at the latest. */
function sizeProblems(plan: BootPlan, loader: Exclude<LoaderChoice, 'none'>): Problem[] {
  const { tftpFileBytes, fileBytes, system } = plan;
  const whole = chainsOf(plan, loader).filter((files) => files.every(plan.isInstalled));
  const slow = whole.flatMap((files) => files.filter((name) => plan.withoutHttp.includes(name)).slice(0, 1));
  if (slow.length === 0 || slow.length < whole.length) return [];
  return (['kernel', 'initrd'] as const)
    .filter((name) => fileBytes[name] > tftpFileBytes)
    .map((name) => ({
      path: name,
      message:
        `the ${name} has ${fileBytes[name]} bytes, TFTP carries ${tftpFileBytes}, and ${slow.join(', ')} cannot fetch by HTTP:` +
        ` raise tftp.maxFileMegabytes, or provision system edit ${system} --loader ipxe`,
    }));
}

/** GRUB writes a backslash before every quote and backslash that it hands to a kernel. */
function grubProblems(kernelArgs: readonly string[]): Problem[] {
  return kernelArgs
    .filter((arg) => /["'\\]/.test(arg))
    .map((arg) => ({
      path: 'kernelArgs',
      message: `GRUB cannot hand the kernel arg ${arg.split('=', 1)[0]} on as it is: it has a quote or a backslash`,
    }));
}

/** iPXE has no quoting: it expands ${…} wherever it stands, and takes these words for its own. */
function ipxeProblems(kernelArgs: readonly string[]): Problem[] {
  return kernelArgs
    .filter((arg) => arg.includes('${') || arg === '||' || arg === '&&')
    .map((arg) => ({
      path: 'kernelArgs',
      message: `iPXE cannot hand the kernel arg ${arg.split('=', 1)[0]} on as it is: it would run it as its own script`,
    }));
}
