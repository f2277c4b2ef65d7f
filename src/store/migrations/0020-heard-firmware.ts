import { type Kysely, type Migration, sql } from 'kysely';

/** What machines' firmware says of itself when they netboot. Until then every record with power control had to say it. */
export const heardFirmware: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`create table heard_firmware (
      system_id integer primary key references systems (id) on delete cascade,
      firmware text not null check (firmware in ('bios', 'uefi')),
      heard_at bigint not null
    )`.execute(db);
  },
};
