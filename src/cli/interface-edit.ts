import type { SystemInterface } from '../domain/system.ts';
import { LocalError, UsageError } from './errors.ts';
import { type Flags, named } from './flags.ts';
import { type InterfaceAdd, knownBy, parseInterface } from './interface-flags.ts';
import { interfaceToInput } from './record-kinds.ts';

/** What an edit says of interfaces, before the ones that the system has are known. */
export interface InterfaceEdit {
  /** The interface that `change` is meant for; undefined = the only one. */
  readonly target: string | undefined;
  readonly change: ReturnType<typeof knownBy> & {
    readonly ip?: string | null;
    readonly subnet?: string | null;
  };
  readonly add: readonly InterfaceAdd[];
  readonly remove: readonly string[];
}

/** Reads the interface flags of an edit; undefined if none was given. Throws UsageError. */
export function interfaceEdit(flags: Flags): InterfaceEdit | undefined {
  const target = flags.text('interface');
  const change = {
    ...knownBy(flags),
    ...named({ ip: flags.nullable('ip'), subnet: flags.nullable('subnet') }),
  };
  const add = flags.texts('add-interface').map((text) => parseInterface('--add-interface', text));
  const remove = flags.texts('remove-interface');
  const changes = Object.keys(change).length;
  if (target !== undefined && changes === 0) {
    throw new UsageError(
      `nothing to change on interface ${target}`,
      'give --ip, --mac, --subnet, --client-id or --circuit-id with it',
    );
  }
  return changes + add.length + remove.length === 0 ? undefined : { target, change, add, remove };
}

/** The interfaces to send: those of the system, with the edit applied. Order is kept; new ones come last. */
export function applyInterfaceEdit(
  edit: InterfaceEdit,
  system: { readonly name: string; readonly interfaces: readonly SystemInterface[] },
): InterfaceAdd[] {
  const names = system.interfaces.map((one) => one.name);
  const unknown = [...edit.remove, ...(edit.target === undefined ? [] : [edit.target])].find(
    (name) => !names.includes(name),
  );
  if (unknown !== undefined) {
    throw new LocalError(`${system.name} has no interface ${unknown}`, `it has: ${names.join(', ')}`);
  }
  const target = Object.keys(edit.change).length === 0 ? undefined : targetOf(edit, system.name, names);
  const kept = system.interfaces.filter((one) => !edit.remove.includes(one.name));
  return [
    ...kept.map((one) => (one.name === target ? changed(one, edit.change) : interfaceToInput(one))),
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

function changed(one: SystemInterface, change: InterfaceEdit['change']): InterfaceAdd {
  // For `auto` the subnet is the one to take from: the one that the interface is in, unless another is named.
  const subnet = change.ip === 'auto' && one.subnet !== null ? { subnet: one.subnet } : {};
  return { ...interfaceToInput(one), ...subnet, ...change };
}
