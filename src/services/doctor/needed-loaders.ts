import { LOADERS, LOCAL_BOOT_LOADERS } from '../../boot/loaders.ts';
import type { Arch } from '../../domain/boot/arch.ts';
import { DEFAULT_LOADER, type LoaderChoice } from '../../domain/boot/boot-choice.ts';
import type { Distro } from '../../domain/records/distro.ts';
import type { Profile } from '../../domain/records/profile.ts';
import type { System } from '../../domain/records/system.ts';
import type { NeededLoader } from './facts.ts';

/** Firmware that runs a distro's kernel. 32-bit UEFI with a 64-bit kernel is rare, and nobody is told to have it. */
const FIRMWARE: Readonly<Record<Distro['arch'], readonly Arch[]>> = {
  x86_64: ['x86-bios', 'x64-uefi'],
  aarch64: ['arm64-uefi'],
};

/**
 * Every loader that machines with these records will ask for, with the first record that makes them. Records do not
 * say what firmware a machine has: for each arch the loaders of all its firmware are needed. A profile counts without
 * a system on it too: it is what the next machine will be.
 */
export function neededLoaders(
  distros: readonly Distro[],
  profiles: readonly Profile[],
  systems: readonly System[],
): NeededLoader[] {
  const archOf = new Map(distros.map(({ name, arch }) => [name, arch]));
  const profileOf = new Map(profiles.map((profile) => [profile.name, profile]));
  const needed = new Map<string, NeededLoader>();
  const add = (loader: NeededLoader): void => {
    if (!needed.has(loader.name)) needed.set(loader.name, loader);
  };
  const need = (choice: LoaderChoice, profile: Profile | undefined, by: string): void => {
    const arch = archOf.get(profile?.distro ?? '');
    if (choice === 'none' || arch === undefined) return;
    for (const firmware of FIRMWARE[arch]) {
      const chain = LOADERS[choice][firmware];
      // A choice that a firmware has no chain for needs nothing there.
      if ('none' in chain) continue;
      for (const name of [chain.first, ...chain.needs]) add({ name, by, isForLocalBoot: false });
      // GRUB looks for the disk's loaders itself.
      const local = choice === 'grub' ? null : LOCAL_BOOT_LOADERS[firmware];
      if (local !== null) add({ name: local, by, isForLocalBoot: true });
    }
  };
  for (const { name, profile, effective } of systems)
    need(effective.loader.value, profileOf.get(profile), `system ${name}`);
  for (const profile of profiles) need(profile.loader ?? DEFAULT_LOADER, profile, `profile ${profile.name}`);
  return [...needed.values()];
}
