import { type Kysely, type Migration, sql } from 'kysely';

/**
 * How many addresses of each block of 256 stand on record, so that whoever looks for a free one passes over those that
 * are full. By triggers: no way to take an address, and none to give it back, can forget it. Leases do not count.
 */
export const addressBlocks: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`create table address_blocks (
      routing_domain text not null,
      block bigint not null,
      used integer not null,
      primary key (routing_domain, block)
    ) without rowid`.execute(db);
    await sql`create index address_blocks_full on address_blocks (routing_domain, block) where used = 256`.execute(
      db,
    );
    await sql`insert into address_blocks
      select routing_domain, ip >> 8, count(*) from addresses where kind != 'lease' group by 1, 2`.execute(
      db,
    );
    await createTrigger(db, 'insert', 'insert', [taken]);
    await createTrigger(db, 'delete', 'delete', [givenBack]);
    await createTrigger(db, 'update', 'update of routing_domain, ip, kind', [givenBack, taken]);
  },
};

const taken = `insert into address_blocks select new.routing_domain, new.ip >> 8, 1 where new.kind != 'lease'
  on conflict (routing_domain, block) do update set used = used + 1;`;

const givenBack = `update address_blocks set used = used - 1
  where old.kind != 'lease' and routing_domain = old.routing_domain and block = old.ip >> 8;`;

async function createTrigger(
  db: Kysely<unknown>,
  name: string,
  event: string,
  actions: readonly string[],
): Promise<void> {
  await sql
    .raw(`create trigger address_blocks_${name} after ${event} on addresses begin ${actions.join(' ')} end`)
    .execute(db);
}
