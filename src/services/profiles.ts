import { z } from 'zod';
import { DomainError, notFound } from '../domain/errors.ts';
import { recordName } from '../domain/fields.ts';
import { type Profile, type ProfileInput, profileInput, profilePatch } from '../domain/profile.ts';
import type { StoreTransaction } from '../store/store.ts';
import type { Actor, Deps } from './deps.ts';
import { inUse, mergePatch, nameTaken, parseInput, refuseStale } from './input.ts';
import { sealSettings } from './sealed-settings.ts';

/** Everything of a profile but its name, its distro and what is a matter of the site's network. */
export type ShippedProfile = Omit<ProfileInput, 'name' | 'distro' | 'dhcpOptions'>;

/** The profiles that come with the product (profiles/*.yaml). Implemented by server/files.ts. */
export interface ShippedProfiles {
  find(name: string): Promise<ShippedProfile | undefined>;
  names(): Promise<string[]>;
}

const addInput = z.looseObject({ name: recordName, from: recordName.nullable().optional() });

/** The caller's settings over the shipped ones; what is no object goes on as it is, to be refused. */
function mergedSettings(base: ShippedProfile | undefined, given: unknown): unknown {
  if (given === undefined) return base?.settings ?? {};
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given;
  return { ...base?.settings, ...given };
}

/** Use cases of profiles. */
export function profileService({ store, now, secrets }: Deps, shipped: ShippedProfiles) {
  const distroId = async (tx: StoreTransaction, name: string): Promise<number> => {
    const distro = await tx.distros.find(name);
    if (distro !== undefined) return distro.id;
    throw new DomainError('invalid', `there is no distro named '${name}'`, {
      problems: [{ path: 'distro', message: `there is no distro named '${name}'` }],
      hint: `add it first: provision distro add ${name} --kernel … --initrd … --tree …`,
    });
  };

  /** What the caller left out is taken from the shipped profile of that name, or of the one that `from` names. */
  const withShipped = async (body: unknown): Promise<unknown> => {
    const { from, ...given } = parseInput(addInput, body);
    const base = await shipped.find(from ?? given.name);
    if (base === undefined && from !== null && from !== undefined) {
      throw new DomainError('invalid', `there is no shipped profile named '${from}'`, {
        hint: `shipped are: ${(await shipped.names()).join(', ')}`,
        problems: [{ path: 'from', message: `there is no shipped profile named '${from}'` }],
      });
    }
    return { ...base, ...given, settings: mergedSettings(base, given['settings']) };
  };

  return {
    list: () => store.read.profiles.list(),

    async get(name: string): Promise<Profile> {
      const found = await store.read.profiles.find(name);
      if (found === undefined) throw notFound('profile', name);
      return found.profile;
    },

    async add(body: unknown, actor: Actor): Promise<Profile> {
      const { settings: asked, ...input } = parseInput(profileInput, await withShipped(body));
      const sealed = sealSettings(asked, null, secrets);
      return store.transaction(async (tx) => {
        if ((await tx.profiles.find(input.name)) !== undefined) throw nameTaken('profile', input.name);
        const write = { input, distroId: await distroId(tx, input.distro), ...sealed };
        const profile = await tx.profiles.add(write, now());
        const detail = { ...input, settings: sealed.settings };
        await tx.audit.add(
          { actor: actor.name, action: 'add', noun: 'profile', name: input.name, detail },
          now(),
        );
        return profile;
      });
    },

    async update(name: string, body: unknown, actor: Actor, revision?: number): Promise<Profile> {
      const patch = parseInput(profilePatch, body);
      return store.transaction(async (tx) => {
        const old = await tx.profiles.find(name);
        if (old === undefined) throw notFound('profile', name);
        refuseStale('profile', old.profile, revision);
        const { settings: asked, ...input } = mergePatch(profileInput, old.profile, patch);
        if (input.name !== name && (await tx.profiles.find(input.name)) !== undefined) {
          throw nameTaken('profile', input.name);
        }
        const sealed = sealSettings(asked, old.sealedSecrets, secrets);
        const detail = { ...patch, ...(patch.settings === undefined ? {} : { settings: sealed.settings }) };
        await tx.audit.add({ actor: actor.name, action: 'update', noun: 'profile', name, detail }, now());
        return tx.profiles.update(
          old.profile.id,
          { input, distroId: await distroId(tx, input.distro), ...sealed },
          now(),
        );
      });
    },

    async remove(name: string, actor: Actor, revision?: number): Promise<void> {
      await store.transaction(async (tx) => {
        const old = await tx.profiles.find(name);
        if (old === undefined) throw notFound('profile', name);
        refuseStale('profile', old.profile, revision);
        const users = await tx.profiles.usedBy(old.profile.id);
        if (users.length > 0) throw inUse('profile', name, 'system', users);
        await tx.profiles.remove(old.profile.id);
        await tx.audit.add({ actor: actor.name, action: 'remove', noun: 'profile', name, detail: {} }, now());
      });
    },
  };
}
