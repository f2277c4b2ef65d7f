import type { AnsibleInventory } from '../../domain/records/ansible-inventory.ts';

/** What the records say of the machine, for the inventory of its run. */
export interface InventoryFacts {
  readonly groups: readonly string[];
  readonly vars: Readonly<Record<string, unknown>>;
}

/** The part of an inventory that is about one machine. */
export function inventoryFacts(inventory: AnsibleInventory, system: string): InventoryFacts {
  const { _meta, all: _all, ...groups } = inventory;
  const isMember = (group: unknown): boolean =>
    ((group as { hosts?: readonly string[] }).hosts ?? []).includes(system);
  return {
    groups: Object.entries(groups).flatMap(([name, group]) => (isMember(group) ? [name] : [])),
    vars: _meta.hostvars[system] ?? {},
  };
}
