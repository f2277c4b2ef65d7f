import { notFound } from '../../domain/errors.ts';
import { type Effective, effectiveOf } from '../../domain/records/effective.ts';
import type { Deps } from '../deps.ts';

/** What a system really gets, and which record says so. Throws DomainError 'not-found'. */
export type ShowEffective = (system: string) => Promise<Effective>;

/** Records that were removed say nothing. */
const NO_DISTRO = { kernelArgs: [] };
const NO_PROFILE = { kernelArgs: [], settings: {} };

export function effectiveValues({ store: { read } }: Pick<Deps, 'store'>): ShowEffective {
  return async (name) => {
    const found = await read.systems.find(name);
    if (found === undefined) throw notFound('system', name);
    const profile = await read.profiles.find(found.system.profile);
    const distro = profile && (await read.distros.find(profile.profile.distro));
    return effectiveOf(distro ?? NO_DISTRO, profile?.profile ?? NO_PROFILE, found.system);
  };
}
