import { z } from 'zod';
import { DomainError } from '../domain/errors.ts';
import { recordName } from '../domain/records/fields.ts';
import { type Profile, type ProfileInput, profileInput, profilePatch } from '../domain/records/profile.ts';
import { recordQuery } from '../domain/records/record-query.ts';
import type { StoredProfile, StoreTransaction } from '../store/interfaces/store.ts';
import type { Deps } from './deps.ts';
import { inUse, mergePatch, nameTaken, parseInput } from './records/input.ts';
import { pageOf } from './records/pages.ts';
import type { RecordKind } from './records/record-kind.ts';
import { recordUseCases } from './records/record-use-cases.ts';
import { SETTINGS_SECRETS, sealSettings, settingsSecrets } from './records/sealed-settings.ts';

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
export function profileService(deps: Deps, shipped: ShippedProfiles) {
  return recordUseCases(deps, profileKind(deps, shipped));
}

function profileKind(
  { now, secrets }: Deps,
  shipped: ShippedProfiles,
): RecordKind<Profile, ProfileInput, StoredProfile> {
  const write = async (tx: StoreTransaction, whole: ProfileInput, kept: string | null) => {
    const { settings, ...input } = whole;
    return { input, distroId: await distroIdOf(tx, input.distro), ...sealSettings(settings, kept, secrets) };
  };
  return {
    noun: 'profile',
    schema: profileInput,
    secretPaths: SETTINGS_SECRETS,
    // Nothing comes from the shipped profiles.
    whole: { from: null },
    parse: async (body) => parseInput(profileInput, await withShipped(shipped, body)),
    parseEdit: (body) => parseInput(profilePatch, body),
    merge: ({ profile }, edit) => mergePatch(profileInput, profile, edit),
    list: (tx) => tx.profiles.list(),
    async page(tx, query) {
      const asked = parseInput(recordQuery, query);
      return { ...pageOf(await tx.profiles.list(), asked), fields: asked.fields };
    },
    find: (tx, name) => tx.profiles.find(name),
    recordOf: ({ profile }) => profile,
    editable: (profile) => profile,
    settled: (input) => input,
    choosesAddress: () => false,
    secrets: ({ sealedSecrets }) => settingsSecrets(sealedSecrets, secrets),

    async add(tx, input) {
      if ((await tx.profiles.find(input.name)) !== undefined) throw nameTaken('profile', input.name);
      return tx.profiles.add(await write(tx, input, null), now());
    },

    async replace(tx, { profile: old, sealedSecrets }, input) {
      if (input.name !== old.name && (await tx.profiles.find(input.name)) !== undefined)
        throw nameTaken('profile', input.name);
      return tx.profiles.update(old.id, await write(tx, input, sealedSecrets), now());
    },

    async remove(tx, { profile: old }) {
      const users = await tx.profiles.usedBy(old.id);
      if (users.length > 0) throw inUse('profile', old.name, 'system', users);
      await tx.profiles.remove(old.id);
    },
    committed() {},
  };
}

async function distroIdOf(tx: StoreTransaction, name: string): Promise<number> {
  const distro = await tx.distros.find(name);
  if (distro !== undefined) return distro.id;
  throw new DomainError('invalid', `there is no distro named '${name}'`, {
    problems: [{ path: 'distro', message: `there is no distro named '${name}'` }],
    hint: `add it first: provision distro add ${name} --kernel … --initrd … --tree …`,
  });
}

/**
 * What the caller left out is taken from the shipped profile of that name, or of the one that `from` names; `from: null`:
 * from none, so that what was exported loads back as it was.
 */
async function withShipped(shipped: ShippedProfiles, body: unknown): Promise<unknown> {
  const { from, ...given } = parseInput(addInput, body);
  if (from === null) return given;
  const base = await shipped.find(from ?? given.name);
  if (base === undefined && from !== undefined) {
    throw new DomainError('invalid', `there is no shipped profile named '${from}'`, {
      hint: `shipped are: ${(await shipped.names()).join(', ')}`,
      problems: [{ path: 'from', message: `there is no shipped profile named '${from}'` }],
    });
  }
  return { ...base, ...given, settings: mergedSettings(base, given['settings']) };
}
