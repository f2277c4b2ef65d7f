import type { AnsibleInventory } from '../domain/records/ansible-inventory.ts';
import type { Exchange } from './exchange.ts';

/** Which machines are meant: in one of these states, with one of these roles; none named means all. */
export interface InventoryQuery {
  readonly state?: readonly string[];
  readonly role?: readonly string[];
  readonly system?: readonly string[];
}

export interface InventoryClient {
  /** The machines as an inventory script of Ansible has them. */
  ansible(query?: InventoryQuery): Promise<AnsibleInventory>;
}

export function inventoryClient(exchange: Exchange): InventoryClient {
  return {
    ansible: (query = {}) => {
      const pairs = Object.entries(query).flatMap(([key, values]: [string, readonly string[]]) =>
        values.map((value): [string, string] => [key, value]),
      );
      const text = new URLSearchParams(pairs);
      return exchange.object('GET', `/api/v1/inventory/ansible${text.size === 0 ? '' : `?${text}`}`);
    },
  };
}
