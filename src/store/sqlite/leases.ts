import type BetterSqlite3 from 'better-sqlite3';
import type { LeaseWrite } from '../interfaces/dhcp-store.ts';
import { DEFAULT_DOMAIN } from '../schema/schema.ts';

/** The row that has the address; a lease's own row says which lease. */
const ADDRESS = `select kind, lease_id as leaseId from addresses where ip = ? and routing_domain = '${DEFAULT_DOMAIN}'`;

/** The commonest write of all: a machine keeps its address. No index changes by it. */
const RENEW = `
  update leases set seen_mac = @seenMac, hostname = @hostname, state = @state, expires_at = @expiresAtMs, updated_at = @nowMs
  where ip = @ip and routing_domain = '${DEFAULT_DOMAIN}' and mac = @mac`;

/** Writes the binding if the address is free or this machine's own; otherwise changes nothing. */
const BIND = `
  insert into leases (routing_domain, ip, mac, seen_mac, hostname, state, expires_at, updated_at)
  values ('${DEFAULT_DOMAIN}', @ip, @mac, @seenMac, @hostname, @state, @expiresAtMs, @nowMs)
  on conflict (routing_domain, ip) do update
    set mac = excluded.mac, seen_mac = excluded.seen_mac, hostname = excluded.hostname, state = excluded.state,
        expires_at = excluded.expires_at, updated_at = excluded.updated_at
    where leases.mac = excluded.mac or leases.expires_at <= excluded.updated_at or leases.state = 'released'
          or @reserved = 1
  returning id`;

const CLAIM = `
  insert into addresses (routing_domain, ip, kind, lease_id) values ('${DEFAULT_DOMAIN}', @ip, 'lease', @lease)
  on conflict (routing_domain, ip) do update set lease_id = excluded.lease_id
    where addresses.kind = 'lease'`;

/** A reservation still stands? The record may have been edited since the packet's facts were read. */
const STILL_RESERVED = `
  select 1 from addresses a
  join interfaces i on i.id = a.interface_id or (i.upper_id = a.interface_id and i.upper_rank = 0)
  where a.ip = @ip and a.position = 0 and a.routing_domain = '${DEFAULT_DOMAIN}' and @mac in (i.mac, i.client_key, i.circuit_key)`;

/** Writes a group of bindings in one transaction; each write has its own result, none undoes another. */
export type WriteLeases = (writes: readonly LeaseWrite[]) => ('bound' | 'taken')[];

/**
 * Every refusal is found before something is written for it, so that no write needs a savepoint of its own: what is
 * read here cannot change before the end of the transaction. Whatever else goes wrong undoes the whole group.
 */
export function prepareLeaseWrites(writer: BetterSqlite3.Database): WriteLeases {
  const address = writer.prepare<[number], { kind: string; leaseId: number | null }>(ADDRESS);
  const renew = writer.prepare<unknown[], unknown>(RENEW);
  const bind = writer.prepare<unknown[], { id: number }>(BIND);
  const claim = writer.prepare<unknown[], unknown>(CLAIM);
  const reserved = writer.prepare<unknown[], unknown>(STILL_RESERVED);
  const writeReserved = (write: LeaseWrite): 'bound' | 'taken' => {
    if (reserved.get({ ip: write.ip, mac: write.mac }) === undefined) return 'taken';
    if (renew.run(write).changes === 0) bind.get({ ...write, reserved: 1 });
    return 'bound';
  };
  const writeDynamic = (write: LeaseWrite): 'bound' | 'taken' => {
    const held = address.get(write.ip);
    if (held !== undefined && held.kind !== 'lease') return 'taken';
    if (held !== undefined && renew.run(write).changes > 0) return 'bound';
    const row = bind.get({ ...write, reserved: 0 });
    if (row === undefined) return 'taken';
    if (held?.leaseId !== row.id) claim.run({ ip: write.ip, lease: row.id });
    return 'bound';
  };
  return writer.transaction((writes: readonly LeaseWrite[]) =>
    writes.map((write) => (write.reserved ? writeReserved(write) : writeDynamic(write))),
  );
}
