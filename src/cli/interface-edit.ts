import type { SystemInterface } from '../domain/network-interface.ts';
import { LocalError, UsageError } from './errors.ts';
import { type Flags, named } from './flags.ts';
import { knownBy } from './interface-flags.ts';
import {
  type InterfaceAdd,
  type InterfaceChange,
  parseInterface,
  parseInterfaceChange,
} from './parse-interface.ts';
import { interfaceToInput } from './record-kinds.ts';

/** What an edit says of interfaces, before the ones that the system has are known. */
export interface InterfaceEdit {
  /** The interface that `change` is meant for; undefined = the only one. */
  readonly target: string | undefined;
  readonly change: ReturnType<typeof knownBy> & {
    readonly ip?: string | null;
    readonly subnet?: string | null;
  };
  /** Of interfaces by their names. */
  readonly changes: readonly InterfaceChange[];
  readonly add: readonly InterfaceAdd[];
  readonly remove: readonly string[];
  /** Further addresses that come, by the interface that gets them, and that go. */
  readonly addAddresses: readonly { readonly name: string; readonly ip: string }[];
  readonly removeAddresses: readonly string[];
}

/** Reads the interface flags of an edit; undefined if none was given. Throws UsageError. */
export function interfaceEdit(flags: Flags): InterfaceEdit | undefined {
  const target = targetFrom(flags);
  const whole = flags.texts('interface').filter((text) => text.includes('='));
  const changes = whole.map((text) => parseInterfaceChange('--interface', text));
  const change = {
    ...knownBy(flags),
    ...named({ ip: flags.nullable('ip'), subnet: flags.nullable('subnet') }),
  };
  const add = flags.texts('add-interface').map((text) => parseInterface('--add-interface', text));
  const remove = flags.texts('remove-interface');
  const addAddresses = flags.texts('add-address').map(parseAddress);
  const removeAddresses = flags.texts('remove-address');
  const isChange = Object.keys(change).length > 0;
  if (target !== undefined && !isChange) {
    throw new UsageError(
      `nothing to change on interface ${target}`,
      `give --ip, --mac, --subnet, --client-id or --circuit-id with it, or write --interface ${target}:mtu=9000`,
    );
  }
  const lists = { changes, add, remove, addAddresses, removeAddresses };
  const isNothing = Object.values(lists).every(({ length }) => length === 0);
  return isNothing && !isChange ? undefined : { target, change, ...lists };
}

/** `--interface eth0`: the one that the other flags are meant for. */
function targetFrom(flags: Flags): string | undefined {
  const [target, second] = flags.texts('interface').filter((text) => !text.includes('='));
  if (second !== undefined)
    throw new UsageError(
      `--ip, --mac and the like are meant for one interface, not for ${target} and ${second}`,
      'write --interface eth0:ip=… --interface eth1:ip=…',
    );
  return target;
}

/** `eth0=10.99.0.12`. */
function parseAddress(text: string): { name: string; ip: string } {
  const [, name, ip] = /^([^=]+)=([^=]+)$/.exec(text) ?? [];
  if (name === undefined || ip === undefined)
    throw new UsageError(
      `--add-address: '${text}' is not INTERFACE=ADDRESS`,
      'write --add-address eth0=10.99.0.12',
    );
  return { name, ip };
}

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
