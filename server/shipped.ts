import { join } from 'node:path';
import { parseProfileFile } from '../src/domain/records/profile-file.ts';
import type { ShippedProfile, ShippedProfiles } from '../src/services/profiles.ts';
import { createLiveTexts, type LiveTexts, readYamls } from './files.ts';

/** The profiles of profiles/*.yaml, read anew each time: they are small, and an edited file is live. */
export function createShippedProfiles(root: string): ShippedProfiles {
  const read = () => readYamls(join(root, 'profiles'));
  return {
    async find(name) {
      const document = (await read()).get(name);
      if (document === undefined) return undefined;
      const { install, answerFile, answerKind, kernelArgs, settings } = parseProfileFile(
        `${name}.yaml`,
        document,
      );
      const own = { image: null, loader: null, localBoot: null, handoff: null };
      const profile: ShippedProfile = { install, answerFile, answerKind, kernelArgs, settings, ...own };
      return profile;
    },
    async names() {
      return [...(await read()).keys()].sort();
    },
  };
}

/** Answer files and snippets: the shipped ones, and a site's own in <dataDir>/kickstarts, which win. */
export function createTemplates(root: string, dataDir: string, now: () => number): LiveTexts {
  return createLiveTexts([join(root, 'kickstarts'), join(dataDir, 'kickstarts')], now);
}
