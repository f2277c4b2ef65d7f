import type { Kysely, Selectable } from 'kysely';
import type { Distro, DistroInput } from '../domain/records/distro.ts';
import type { DistroStore } from './interfaces/store.ts';
import { newStamps, parsedList, stampsOf } from './schema/rows.ts';
import type { DistroRow, Tables } from './schema/schema.ts';

/** Queries of distros. */
export function distroQueries(db: Kysely<Tables>): DistroStore {
  return {
    async find(name) {
      const row = await db.selectFrom('distros').selectAll().where('name', '=', name).executeTakeFirst();
      return row === undefined ? undefined : toDistro(row);
    },
    async list() {
      return (await db.selectFrom('distros').selectAll().orderBy('name').execute()).map(toDistro);
    },
    async add(distro, nowMs) {
      const row = { ...toRow(distro), ...newStamps(nowMs) };
      return toDistro(await db.insertInto('distros').values(row).returningAll().executeTakeFirstOrThrow());
    },
    async update(id, distro, nowMs) {
      const row = await db
        .updateTable('distros')
        .set((eb) => ({ ...toRow(distro), updated_at: nowMs, revision: eb('revision', '+', 1) }))
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow();
      return toDistro(row);
    },
    async remove(id) {
      await db.deleteFrom('distros').where('id', '=', id).execute();
    },
    async usedBy(id) {
      const rows = await db
        .selectFrom('profiles')
        .select('name')
        .where('distro_id', '=', id)
        .limit(20)
        .execute();
      return rows.map((row) => row.name);
    },
  };
}

function toRow(distro: DistroInput) {
  return {
    name: distro.name,
    family: distro.family,
    version: distro.version,
    arch: distro.arch,
    kernel: distro.kernel,
    initrd: distro.initrd,
    tree: distro.tree,
    kernel_args: JSON.stringify(distro.kernelArgs),
  };
}

function toDistro(row: Selectable<DistroRow>): Distro {
  return {
    ...stampsOf(row),
    name: row.name,
    family: row.family as Distro['family'],
    version: row.version,
    arch: row.arch as Distro['arch'],
    kernel: row.kernel,
    initrd: row.initrd,
    tree: row.tree,
    kernelArgs: parsedList<string>(row.kernel_args),
  };
}
