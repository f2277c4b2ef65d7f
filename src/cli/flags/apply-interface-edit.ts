import type { SystemInterface } from '../../domain/network/network-interface.ts';
import { LocalError, UsageError } from '../errors.ts';
import { interfaceToInput } from '../records/record-kinds.ts';
import type { InterfaceEdit } from './interface-edit.ts';
import type { InterfaceAdd, InterfaceChange } from './parse-interface.ts';

/** The interfaces to send: those of the system, with the edit applied. Order is kept; new ones come last. */
export function applyInterfaceEdit(
  edit: InterfaceEdit,
  system: { readonly name: string; readonly interfaces: readonly SystemInterface[] },
): InterfaceAdd[] {
  const names = system.interfaces.map((one) => one.name);
  const named = [...edit.remove, ...[...edit.changes, ...edit.addAddresses].map(({ name }) => name)];
  const unknown = [...named, ...(edit.target === undefined ? [] : [edit.target])].find(
    (name) => !names.includes(name),
  );
  if (unknown !== undefined) {
    const further = edit.changes.some(({ name }) => name === unknown)
      ? `; a further one: --add-interface ${unknown}:…`
      : '';
    throw new LocalError(
      `${system.name} has no interface ${unknown}`,
      `it has: ${names.join(', ')}${further}`,
    );
  }
  const target = Object.keys(edit.change).length === 0 ? undefined : targetOf(edit, system.name, names);
  const kept = system.interfaces.filter((one) => !edit.remove.includes(one.name));
  return [
    ...kept.map((one) => {
      const named = edit.changes.filter(({ name }) => name === one.name);
      const changes = one.name === target ? [edit.change, ...named] : named;
      return withAddresses(changed(one, Object.assign({}, ...changes)), edit);
    }),
    ...edit.add,
  ];
}

function targetOf(edit: InterfaceEdit, system: string, names: readonly string[]): string | undefined {
  if (edit.target !== undefined) return edit.target;
  if (names.length === 1) return names[0];
  throw new UsageError(
    `${system} has ${names.length} interfaces: ${names.join(', ')}`,
    'say which one with --interface NAME',
  );
}

function changed(one: SystemInterface, change: InterfaceEdit['change'] | InterfaceChange): InterfaceAdd {
  // For `auto` the subnet is the one to take from: the one that the interface is in, unless another is named.
  const subnet = change.ip === 'auto' && one.subnet !== null ? { subnet: one.subnet } : {};
  return { ...interfaceToInput(one), ...subnet, ...change };
}

function withAddresses(one: InterfaceAdd, { addAddresses, removeAddresses }: InterfaceEdit): InterfaceAdd {
  const added = addAddresses.filter(({ name }) => name === one.name).map(({ ip }) => ip);
  const before = one.addresses ?? [];
  const addresses = [...before.filter((ip) => !removeAddresses.includes(ip)), ...added];
  return addresses.length + before.length === 0 ? one : { ...one, addresses };
}
