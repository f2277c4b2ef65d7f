import { bootProblems } from '../boot/boot-problems.ts';
import { filesOfLoader } from '../boot/loaders.ts';
import type { Distro } from '../domain/distro.ts';
import type { Problem } from '../domain/errors.ts';
import type { System } from '../domain/system.ts';
import type { FindLoader } from './boot-files.ts';

/** What is in the way of an install by the loader that the records choose; looked at when the install is armed. */
export function bootReadiness(findLoader: FindLoader) {
  return async (system: System, distro: Distro, kernelArgs: readonly string[]): Promise<Problem[]> => {
    const loader = system.effective.loader.value;
    const installed = new Set<string>();
    for (const name of filesOfLoader(loader)) if ((await findLoader(name)) !== undefined) installed.add(name);
    const plan = { system: system.name, loader, distroArch: distro.arch, kernelArgs };
    return bootProblems({ ...plan, isInstalled: (name) => installed.has(name) });
  };
}
