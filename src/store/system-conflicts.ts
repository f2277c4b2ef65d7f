import type { Kysely } from 'kysely';
import { type InterfaceIdentity, identityOf, keysOf } from '../domain/binding-key.ts';
import type { Conflict } from '../domain/errors.ts';
import type { Tables } from './schema.ts';
import type { SystemWrite } from './store.ts';

/** Who has the name, host name, MAC, client id or circuit of what is to be written, other than the system `exceptId`? */
export async function findConflicts(
  db: Kysely<Tables>,
  write: SystemWrite,
  exceptId: number | null,
): Promise<Conflict[]> {
  const others = db
    .selectFrom('systems')
    .select(['id', 'name', 'hostname'])
    .where((eb) => eb.or([eb('name', '=', write.name), eb('hostname', '=', write.hostname)]));
  const found: Conflict[] = [];
  for (const other of await others.execute()) {
    if (other.id === exceptId) continue;
    const sameName = other.name === write.name;
    const value = sameName ? write.name : write.hostname;
    found.push(heldBy(other.name, sameName ? 'name' : 'hostname', value, null));
  }
  for (const [kind, column, key] of KEY_COLUMNS) {
    const values = write.interfaces.flatMap((item) => keysOf(item)[key] ?? []);
    if (values.length === 0) continue;
    const rows = await db
      .selectFrom('interfaces')
      .innerJoin('systems', 'systems.id', 'interfaces.system_id')
      .select(['systems.id', 'systems.name as system', 'interfaces.name', 'mac', 'client_key', 'circuit_key'])
      .where(column, 'in', values)
      .execute();
    for (const row of rows)
      if (row.id !== exceptId) found.push(heldBy(row.system, kind, identifierOf(kind, row), row.name));
  }
  return found;
}

const KEY_COLUMNS = [
  ['mac', 'mac', 'mac'],
  ['client-id', 'client_key', 'clientKey'],
  ['circuit', 'circuit_key', 'circuitKey'],
] as const;

function identifierOf(kind: Conflict['kind'], row: KeyRow): string {
  const { mac, clientId, circuitId, remoteId } = toIdentity(row);
  if (kind === 'mac') return mac ?? '';
  if (kind === 'client-id') return clientId ?? '';
  return remoteId === null ? (circuitId ?? '') : `${circuitId} of ${remoteId}`;
}

interface KeyRow {
  readonly mac: string | null;
  readonly client_key: string | null;
  readonly circuit_key: string | null;
}

/** An interface's row in the words of a record. */
export function toIdentity(row: KeyRow): Required<InterfaceIdentity> {
  return identityOf({ mac: row.mac, clientKey: row.client_key, circuitKey: row.circuit_key });
}

function heldBy(system: string, kind: Conflict['kind'], value: string, iface: string | null): Conflict {
  return {
    value,
    kind,
    holder: `system ${system}`,
    interface: iface,
    command: `provision system show ${system}`,
  };
}
