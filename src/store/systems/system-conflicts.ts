import type { Kysely } from 'kysely';
import type { Conflict } from '../../domain/errors.ts';
import { type InterfaceIdentity, identityOf, keysOf } from '../../domain/network/binding-key.ts';
import type { SystemWrite } from '../interfaces/store.ts';
import type { Tables } from '../schema/schema.ts';
import { anyOf, compiledQuery } from '../sqlite/compiled.ts';

const ofName = compiledQuery((db, { name, hostname }: { name: string; hostname: string }) =>
  db
    .selectFrom('systems')
    .select(['id', 'name', 'hostname'])
    .where((eb) => eb.or([eb('name', '=', name), eb('hostname', '=', hostname)])),
);

function ofKeys(column: 'mac' | 'client_key' | 'circuit_key') {
  return compiledQuery((db, { keys }: { keys: string }) =>
    db
      .selectFrom('interfaces')
      .innerJoin('systems', 'systems.id', 'interfaces.system_id')
      .select(['systems.id', 'systems.name as system', 'interfaces.name', 'mac', 'client_key', 'circuit_key'])
      .where(column, 'in', anyOf<string>(keys)),
  );
}

/** Who has the name, host name, MAC, client id or circuit of what is to be written, other than the system `exceptId`? */
export async function findConflicts(
  db: Kysely<Tables>,
  write: SystemWrite,
  exceptId: number | null,
): Promise<Conflict[]> {
  const found: Conflict[] = [];
  for (const other of await ofName(db, write)) {
    if (other.id === exceptId) continue;
    const sameName = other.name === write.name;
    const value = sameName ? write.name : write.hostname;
    found.push(heldBy(other.name, sameName ? 'name' : 'hostname', value, null));
  }
  for (const [kind, rowsOf, key] of KEYS) {
    const values = write.interfaces.flatMap((item) => keysOf(item)[key] ?? []);
    if (values.length === 0) continue;
    for (const row of await rowsOf(db, { keys: JSON.stringify(values) }))
      if (row.id !== exceptId) found.push(heldBy(row.system, kind, identifierOf(kind, row), row.name));
  }
  return found;
}

const KEYS = [
  ['mac', ofKeys('mac'), 'mac'],
  ['client-id', ofKeys('client_key'), 'clientKey'],
  ['circuit', ofKeys('circuit_key'), 'circuitKey'],
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
