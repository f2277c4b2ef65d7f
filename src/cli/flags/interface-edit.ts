import { UsageError } from '../errors.ts';
import { type Flags, named } from './flags.ts';
import { knownBy } from './interface-flags.ts';
import {
  type InterfaceAdd,
  type InterfaceChange,
  parseInterface,
  parseInterfaceChange,
} from './parse-interface.ts';

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
