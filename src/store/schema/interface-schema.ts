import type { Generated } from 'kysely';
import type { InterfaceShape, InterfaceType } from '../../domain/network/network-interface.ts';

export interface InterfaceRow {
  id: Generated<number>;
  system_id: number;
  position: number;
  name: string;
  /** One of the three is there on a card, unless others are made of it; `*_key` as domain/network/binding-key.ts writes it. */
  mac: string | null;
  client_key: string | null;
  circuit_key: string | null;
  type: Generated<InterfaceType>;
  /** JSON of a {@link StoredShape}. */
  shape: Generated<string>;
  /** The topmost bond or bridge that the card is a part of, and its place: 0 is given its address. */
  upper_id: number | null;
  upper_rank: number | null;
}

/** Tables of interfaces, and of addresses that several share. */
export interface InterfaceTables {
  interfaces: InterfaceRow;
  shared_addresses: { id: Generated<number> };
  interface_shares: { interface_id: number; shared_id: number; position: number };
}

/** What of an interface no query asks for; what is as on a plain card is left out. */
export type StoredShape = Partial<Omit<InterfaceShape, 'type'>> & {
  /** Of a card that shares it: the column, which is UNIQUE, has it on another one. */
  readonly mac?: string;
};
