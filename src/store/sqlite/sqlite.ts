import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Kysely, type Kysely as KyselyType, type Migration, Migrator, SqliteDialect } from 'kysely';
import { DomainError } from '../../domain/errors.ts';
import type { Subnet } from '../../domain/network/subnet.ts';
import { auditQueries } from '../access/audit.ts';
import { certificateQueries } from '../access/certificates.ts';
import { idempotencyQueries } from '../access/idempotency.ts';
import { sealedQueries } from '../access/sealed.ts';
import { sessionQueries } from '../access/sessions.ts';
import { tokenQueries } from '../access/tokens.ts';
import { userQueries } from '../access/users.ts';
import { deliveryQueries } from '../deliveries.ts';
import { distroQueries } from '../distros.ts';
import { handoffQueries } from '../installs/handoffs.ts';
import { batchQueries } from '../installs/install-batches.ts';
import { queueQueries } from '../installs/install-queue.ts';
import { installQueries } from '../installs/installs.ts';
import { eventQueries, leaseQueries } from '../installs/ledgers.ts';
import type { Store, StoreTransaction } from '../interfaces/store.ts';
import type { UpkeepStore } from '../interfaces/upkeep-store.ts';
import { jobQueries } from '../jobs.ts';
import { loaderQueries } from '../loaders.ts';
import { initial } from '../migrations/0001-initial.ts';
import { dhcpRules } from '../migrations/0002-dhcp-rules.ts';
import { bootChoice } from '../migrations/0003-boot-choice.ts';
import { loaders } from '../migrations/0005-loaders.ts';
import { leanIndexes } from '../migrations/0006-lean-indexes.ts';
import { power } from '../migrations/0007-power.ts';
import { powerUp } from '../migrations/0008-power-up.ts';
import { installLife } from '../migrations/0009-install-life.ts';
import { roles } from '../migrations/0010-roles.ts';
import { handoffs } from '../migrations/0011-handoffs.ts';
import { notifications } from '../migrations/0012-notifications.ts';
import { installQueue } from '../migrations/0013-install-queue.ts';
import { systemLocks } from '../migrations/0014-system-locks.ts';
import { certificates } from '../migrations/0015-certificates.ts';
import { access } from '../migrations/0016-access.ts';
import { idempotencyKeys } from '../migrations/0017-idempotency-keys.ts';
import { addressBlocks } from '../migrations/0018-address-blocks.ts';
import { interfaceGraph } from '../migrations/0019-interface-graph.ts';
import { heardFirmware } from '../migrations/0020-heard-firmware.ts';
import { powerStateQueries } from '../power-states.ts';
import { profileQueries } from '../profiles.ts';
import type { Tables } from '../schema/schema.ts';
import { subnetQueries } from '../subnets.ts';
import { addressQueries } from '../systems/addresses.ts';
import { bmcQueries } from '../systems/bmcs.ts';
import { lockQueries } from '../systems/system-marks.ts';
import { systemQueries } from '../systems/systems.ts';
import { sqliteBootStore } from './boot.ts';
import { watchChanges } from './changes.ts';
import { openCheckpointer } from './checkpoint.ts';
import { sqliteDhcpStore } from './dhcp.ts';
import { prepareEventWrites } from './events.ts';
import { openBackgroundFlush } from './flush.ts';
import { lockDataFolder, makePrivate } from './lock.ts';
import { translated } from './refusals.ts';
import { sqliteUpkeep } from './upkeep.ts';
import { openWriter } from './writer.ts';

/** Every change of the schema, in its order. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-initial': initial,
  '0002-dhcp-rules': dhcpRules,
  '0003-boot-choice': bootChoice,
  '0005-loaders': loaders,
  '0006-lean-indexes': leanIndexes,
  '0007-power': power,
  '0008-power-up': powerUp,
  '0009-install-life': installLife,
  '0010-roles': roles,
  '0011-handoffs': handoffs,
  '0012-notifications': notifications,
  '0013-install-queue': installQueue,
  '0014-system-locks': systemLocks,
  '0015-certificates': certificates,
  '0016-access': access,
  '0017-idempotency-keys': idempotencyKeys,
  '0018-address-blocks': addressBlocks,
  '0019-interface-graph': interfaceGraph,
  '0020-heard-firmware': heardFirmware,
};

/** The names of all schemas that there have been, the newest at the end. */
export const SCHEMAS: readonly string[] = Object.keys(MIGRATIONS);

export interface SqliteOptions {
  /** Called before a database of an older schema is brought to this one; where it throws, nothing is changed. */
  readonly beforeMigration?: (upkeep: UpkeepStore, schema: string) => Promise<void>;
  /** How long the log of the database is made ahead, so that no flush has to make it longer. Default 0. */
  readonly logBytes?: number;
  /** Called where the disk is too full to open the database; true where there is some room now. */
  readonly makeRoom?: () => boolean;
}

/**
 * Opens (and makes, and migrates) the database `provision.db` in a folder that only this user may read.
 * One process at a time (sqlite/lock.ts). Durability: WAL with synchronous=FULL, every commit is on the disk before it returns; leases are
 * on the disk before their promise is kept, flushed beside the thread that answers packets (sqlite/flush.ts).
 * Throws DomainError 'storage' when the folder cannot be used or another process has it.
 */
export function openSqliteStore(dataDir: string, options: SqliteOptions = {}): Promise<Store> {
  return translated(() => open(dataDir, options));
}

async function open(dataDir: string, options: SqliteOptions): Promise<Store> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const lock = lockDataFolder(dataDir);
  const path = join(dataDir, 'provision.db');
  makePrivate(path);
  const { writer, schema } = openWriter(path, options.makeRoom ?? (() => false));
  const upkeep = sqliteUpkeep(path);
  if (schema !== null && schema !== SCHEMAS.at(-1)) await options.beforeMigration?.(upkeep, schema);
  await migrate(new Kysely<Tables>({ dialect: new SqliteDialect({ database: writer }) }));
  const watched = watchChanges(writer, (changes) => {
    dhcp.onCommitted(changes);
    boot.onCommitted(changes);
  });
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: watched.database }) });
  const reader = new Database(path, { readonly: true });

  const read = queriesOf(db);
  let subnets: readonly Subnet[] = await read.subnets.list();
  // Kysely hands out its only connection to one user at a time: holding it keeps every transaction outside.
  const exclusively = (work: () => void): Promise<void> =>
    db.connection().execute(async () => {
      work();
      watched.committed();
      checkpointer.committed();
    });
  const disk = openBackgroundFlush(writer, undefined, options.logBytes);
  const checkpointer = openCheckpointer(writer);
  const durably = (work: () => void): Promise<void> =>
    translated(async () => {
      await checkpointer.rest();
      let flushed: Promise<void> | undefined;
      await exclusively(() => {
        flushed = disk.begin(work);
      });
      await flushed;
    });
  let recordsVersion = 1;
  const writeEvents = prepareEventWrites(writer);
  const dhcp = sqliteDhcpStore({ reader, writer, durably, subnets: () => subnets });
  const boot = sqliteBootStore({ reader, writer, durably, flushed: disk.flushed }, () => recordsVersion);
  return {
    read,
    dhcp,
    boot,
    upkeep,
    async transaction(work) {
      const touched = new Set<WatchedNoun>();
      await exclusively(disk.mend);
      const result = await translated(() =>
        db.transaction().execute((trx) => work(queriesOf(trx, (noun) => touched.add(noun)))),
      );
      checkpointer.committed();
      if (touched.size > 0) recordsVersion += 1;
      if (touched.has('subnets')) subnets = await read.subnets.list();
      return result;
    },
    // Nobody waits for the disk to have them; the next lease or record takes them along.
    addEvents: (events) => translated(() => exclusively(() => disk.unflushed(() => writeEvents(events)))),
    async close() {
      await checkpointer.close();
      // The reader first: the last connection to close moves the log into the database, and it cannot write.
      reader.close();
      await db.destroy();
      disk.close();
      lock.close();
    },
  };
}

async function migrate(db: KyselyType<Tables>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) {
    throw new DomainError('storage', `the database cannot be brought to this version: ${String(error)}`, {
      hint: 'nothing was changed; start the version that wrote it, or restore a backup',
    });
  }
}

/** Nouns of which something is kept in memory. */
type WatchedNoun = 'distros' | 'profiles' | 'subnets' | 'systems';

function queriesOf(
  db: KyselyType<Tables>,
  onChange: (noun: WatchedNoun) => void = () => {},
): StoreTransaction {
  return {
    distros: watched(distroQueries(db), () => onChange('distros')),
    profiles: watched(profileQueries(db), () => onChange('profiles')),
    subnets: watched(subnetQueries(db), () => onChange('subnets')),
    systems: watched(systemQueries(db), () => onChange('systems')),
    addresses: addressQueries(db),
    installs: installQueries(db),
    events: eventQueries(db),
    tokens: tokenQueries(db),
    users: userQueries(db),
    sessions: sessionQueries(db),
    audit: auditQueries(db),
    leases: leaseQueries(db),
    loaders: loaderQueries(db),
    sealed: sealedQueries(db),
    bmcs: bmcQueries(db),
    powerStates: powerStateQueries(db),
    certificates: certificateQueries(db),
    queue: queueQueries(db),
    batches: batchQueries(db),
    jobs: jobQueries(db),
    handoffs: handoffQueries(db),
    notifications: deliveryQueries(db),
    locks: lockQueries(db),
    idempotency: idempotencyQueries(db),
  };
}

interface Changeable<Write, Stored> {
  add(write: Write, nowMs: number): Promise<Stored>;
  update(id: number, write: Write, nowMs: number): Promise<Stored>;
  remove(id: number): Promise<void>;
}

/** Tells whoever keeps something of these records that it is out of date. */
function watched<Write, Stored, Queries extends Changeable<Write, Stored>>(
  queries: Queries & Changeable<Write, Stored>,
  onChange: () => void,
): Queries {
  return {
    ...queries,
    add(write: Write, nowMs: number) {
      onChange();
      return queries.add(write, nowMs);
    },
    update(id: number, write: Write, nowMs: number) {
      onChange();
      return queries.update(id, write, nowMs);
    },
    remove(id: number) {
      onChange();
      return queries.remove(id);
    },
  };
}
