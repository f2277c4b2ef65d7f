import type { Kysely, Selectable } from 'kysely';
import type { Profile } from '../domain/records/profile.ts';
import type { Settings } from '../domain/records/settings.ts';
import type { ProfileStore, ProfileWrite, StoredProfile } from './interfaces/store.ts';
import { newStamps, parsedList, stampsOf } from './schema/rows.ts';
import type { ProfileRow, Tables } from './schema/schema.ts';

type Row = Selectable<ProfileRow> & { distro: string };

/** Queries of profiles. */
export function profileQueries(db: Kysely<Tables>): ProfileStore {
  const select = () =>
    db
      .selectFrom('profiles')
      .innerJoin('distros', 'distros.id', 'profiles.distro_id')
      .selectAll('profiles')
      .select('distros.name as distro');
  const get = async (id: number): Promise<Profile> =>
    toProfile(await select().where('profiles.id', '=', id).executeTakeFirstOrThrow());
  return {
    async find(name) {
      const row = await select().where('profiles.name', '=', name).executeTakeFirst();
      return row === undefined ? undefined : toStored(row);
    },
    async list() {
      return (await select().orderBy('profiles.name').execute()).map(toProfile);
    },
    async add(write, nowMs) {
      const row = { ...toRow(write), ...newStamps(nowMs) };
      const { id } = await db.insertInto('profiles').values(row).returning('id').executeTakeFirstOrThrow();
      return get(id);
    },
    async update(id, write, nowMs) {
      await db
        .updateTable('profiles')
        .set((eb) => ({ ...toRow(write), updated_at: nowMs, revision: eb('revision', '+', 1) }))
        .where('id', '=', id)
        .execute();
      return get(id);
    },
    async remove(id) {
      await db.deleteFrom('profiles').where('id', '=', id).execute();
    },
    async usedBy(id) {
      const rows = await db
        .selectFrom('systems')
        .select('name')
        .where('profile_id', '=', id)
        .limit(20)
        .execute();
      return rows.map((row) => row.name);
    },
  };
}

function toRow(write: ProfileWrite) {
  return {
    name: write.input.name,
    distro_id: write.distroId,
    install: write.input.install,
    answer_file: write.input.answerFile,
    answer_kind: write.input.answerKind,
    image: write.input.image,
    kernel_args: JSON.stringify(write.input.kernelArgs),
    loader: write.input.loader,
    local_boot: write.input.localBoot,
    handoff: write.input.handoff,
    settings: JSON.stringify(write.settings),
    dhcp_options: JSON.stringify(write.input.dhcpOptions),
    secrets: write.sealedSecrets,
  };
}

function toStored(row: Row): StoredProfile {
  return { profile: toProfile(row), sealedSecrets: row.secrets };
}

function toProfile(row: Row): Profile {
  return {
    ...stampsOf(row),
    name: row.name,
    distro: row.distro,
    install: row.install as Profile['install'],
    answerFile: row.answer_file,
    answerKind: row.answer_kind as Profile['answerKind'],
    image: row.image,
    kernelArgs: parsedList<string>(row.kernel_args),
    loader: row.loader as Profile['loader'],
    localBoot: row.local_boot as Profile['localBoot'],
    handoff: row.handoff,
    settings: JSON.parse(row.settings) as Settings,
    dhcpOptions: JSON.parse(row.dhcp_options) as Profile['dhcpOptions'],
    secretsSet: row.secrets === null ? [] : ['rootPasswordHash'],
  };
}
