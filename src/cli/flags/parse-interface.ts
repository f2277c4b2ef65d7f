import type { z } from 'zod';
import type { InterfaceType, interfaceInput } from '../../domain/network/network-interface.ts';
import { UsageError } from '../errors.ts';
import { named } from './flags.ts';

/** One interface as it is sent. */
export type InterfaceAdd = z.input<typeof interfaceInput>;

const list = (text: string): string[] => text.split('+');
const number = (text: string): number => (/^\d{1,9}$/.test(text) ? Number(text) : Number.NaN);
const YES_OR_NO: Readonly<Record<string, boolean>> = { yes: true, no: false };
const flag = (text: string) => YES_OR_NO[text] ?? text;

/** `10.20.0.0/16:10.99.0.254`: what it leads to, and the gateway there. */
function route(text: string): { to: string; via: string } {
  const [to = '', via = ''] = text.split(':');
  return { to, via };
}

/** How each key is read. What is no value of its field is refused by the schema, which says why. */
const KEYS: Readonly<Record<string, (text: string) => Readonly<Record<string, unknown>>>> = {
  name: (name) => ({ name }),
  mac: (mac) => ({ mac }),
  'client-id': (clientId) => ({ clientId }),
  'circuit-id': (circuitId) => ({ circuitId }),
  'remote-id': (remoteId) => ({ remoteId }),
  ip: (ip) => ({ ip }),
  subnet: (subnet) => ({ subnet }),
  type: (type) => ({ type }),
  members: (names) => ({ type: 'bond' satisfies InterfaceType, parents: list(names) }),
  ports: (names) => ({ type: 'bridge' satisfies InterfaceType, parents: list(names) }),
  parent: (name) => ({ type: 'vlan' satisfies InterfaceType, parents: [name] }),
  vlan: (id) => ({ type: 'vlan' satisfies InterfaceType, vlan: number(id) }),
  mode: (bondMode) => ({ bondMode }),
  mtu: (bytes) => ({ mtu: number(bytes) }),
  gateway: (text) => ({ gateway: flag(text) }),
  routes: (text) => ({ routes: list(text).map(route) }),
  addresses: (text) => ({ addresses: list(text) }),
  shared: (text) => ({ sharedAddresses: list(text) }),
  'shared-mac': (text) => ({ sharedMac: flag(text) }),
};

/**
 * `eth1:mac=52:54:00:12:34:57,ip=10.99.0.12,subnet=lab` as an interface, or `name=eth1,mac=…`; `ip=none` is dynamic. Of several
 * values each is behind a plus: `bond0:members=eth0+eth1,mode=802.3ad`. Names may hold colons: the last one before the
 * first `=` ends the name. Throws UsageError.
 */
export function parseInterface(flagName: string, text: string): InterfaceAdd {
  const fields = fieldsOf(flagName, text);
  const isKnown = [fields.mac, fields.clientId, fields.circuitId].some((value) => value != null);
  if (fields.type === undefined && !isKnown)
    throw new UsageError(
      `${flagName}: '${text}' has no mac=…, client-id=… or circuit-id=…`,
      'one that others are made of may have none: say type=ethernet',
    );
  return fields;
}

/** What an edit changes of an interface that is there; what it does not name stays. */
export type InterfaceChange = InterfaceAdd & { readonly name: string };

/** `bond0:mode=802.3ad,mtu=none` as a change of the interface of that name. Throws UsageError. */
export function parseInterfaceChange(flagName: string, text: string): InterfaceChange {
  const { name, ...fields } = fieldsOf(flagName, text);
  if (name === undefined || Object.keys(fields).length === 0)
    throw new UsageError(
      `${flagName}: '${text}' does not say which interface to change, and what of it`,
      `write ${flagName} bond0:mode=802.3ad`,
    );
  return { ...fields, name };
}

function fieldsOf(flagName: string, text: string): InterfaceAdd {
  const given = new Map<string, string>();
  const prefix = /^([^=,]+):(?=[a-z-]+=)/.exec(text);
  if (prefix !== null) given.set('name', prefix[1] ?? '');
  for (const part of text.slice(prefix?.[0].length ?? 0).split(',')) {
    const [key = '', value] = part.split('=', 2);
    if (!Object.hasOwn(KEYS, key) || value === undefined || value === '') {
      const keys = Object.keys(KEYS).map((one) => `${one}=…`);
      throw new UsageError(
        `${flagName}: '${part}' is not one of ${keys.join(', ')}`,
        `write ${flagName} eth1:mac=52:54:00:12:34:57,ip=10.99.0.12`,
      );
    }
    if (given.has(key)) throw new UsageError(`${flagName}: ${key} is given twice in '${text}'`);
    given.set(key, value);
  }
  // What says its type itself wins over what follows from the other keys.
  const last = (key: string): number => (key === 'type' ? 1 : 0);
  const parts = [...given]
    .toSorted(([a], [b]) => last(a) - last(b))
    .map(([key, value]) => readKey(key, value));
  return named(Object.assign({}, ...parts));
}

/** Beside what follows from the key itself (its type), `none` takes a value away, and empties a list. */
function readKey(key: string, value: string): Readonly<Record<string, unknown>> {
  const fields = KEYS[key]?.(value) ?? {};
  if (value !== 'none' || key === 'name') return fields;
  const empty = (field: string, one: unknown) => (field === 'type' ? one : Array.isArray(one) ? [] : null);
  return Object.fromEntries(Object.entries(fields).map(([field, one]) => [field, empty(field, one)]));
}
