import type { Distro } from './distro.ts';
import type { Profile } from './profile.ts';
import type { Settings } from './settings.ts';
import type { System } from './system.ts';

/** Which record a value came from. */
export type Source = 'distro' | 'profile' | 'system';

/** What a machine really gets, and where every value comes from. */
export interface Effective {
  readonly kernelArgs: readonly string[];
  readonly settings: Settings;
  readonly sources: Readonly<Record<string, Source>>;
}

/**
 * Distro -> profile -> system, the nearer record wins. Kernel args are added up in that order (the kernel takes the
 * last of two that contradict each other); `vars` are merged name by name; every other setting is replaced whole.
 */
export function effectiveOf(
  distro: Pick<Distro, 'kernelArgs'>,
  profile: Pick<Profile, 'kernelArgs' | 'settings'>,
  system: Pick<System, 'kernelArgs' | 'settings'>,
): Effective {
  const settings: Record<string, unknown> = {};
  const sources: Record<string, Source> = {};
  for (const [source, layer] of [
    ['profile', profile.settings],
    ['system', system.settings],
  ] as const) {
    for (const [key, value] of Object.entries(layer)) {
      if (value === undefined) continue;
      settings[key] =
        key === 'vars' ? { ...(settings['vars'] as object | undefined), ...(value as object) } : value;
      sources[key] = source;
    }
  }
  return {
    kernelArgs: [...distro.kernelArgs, ...profile.kernelArgs, ...system.kernelArgs],
    settings: settings as Settings,
    sources,
  };
}
