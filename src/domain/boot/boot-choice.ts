/**
 * What a machine's firmware is given first. `ipxe` works through the firmware's own network driver, `ipxe-native`
 * brings drivers of its own. `none`: an address and nothing to boot, whatever else the records say.
 */
export const LOADER_CHOICES = ['ipxe', 'ipxe-native', 'grub', 'pxelinux', 'none'] as const;
export type LoaderChoice = (typeof LOADER_CHOICES)[number];

/**
 * How a machine that netboots with nothing to install gets to its disk; src/boot/local-boot.ts says what each loader
 * does for it. `next`: it is not told to boot from here at all, so that the firmware goes on by itself.
 */
export const LOCAL_BOOT_CHOICES = ['auto', 'exit', 'sanboot', 'grub', 'next'] as const;
export type LocalBootChoice = (typeof LOCAL_BOOT_CHOICES)[number];

/** What one record says of how its machines boot. */
export interface BootFields {
  readonly loader: LoaderChoice | null;
  readonly localBoot: LocalBootChoice | null;
}

/** A value in force, and the record that it comes from. */
export interface Chosen<T> {
  readonly value: T;
  readonly from: 'system' | 'profile' | 'default';
}

/** How a machine really boots. */
export interface EffectiveBoot {
  readonly loader: Chosen<LoaderChoice>;
  readonly localBoot: Chosen<LocalBootChoice>;
}

export const DEFAULT_LOADER: LoaderChoice = 'ipxe';
export const DEFAULT_LOCAL_BOOT: LocalBootChoice = 'auto';

/** System before profile before default, each field by itself. */
export function effectiveBoot(system: BootFields, profile: BootFields): EffectiveBoot {
  return {
    loader: nearest(system.loader, profile.loader, DEFAULT_LOADER),
    localBoot: nearest(system.localBoot, profile.localBoot, DEFAULT_LOCAL_BOOT),
  };
}

function nearest<T>(system: T | null, profile: T | null, fallback: T): Chosen<T> {
  if (system !== null) return { value: system, from: 'system' };
  return profile === null ? { value: fallback, from: 'default' } : { value: profile, from: 'profile' };
}
