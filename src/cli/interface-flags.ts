import type { z } from 'zod';
import type { interfaceInput } from '../domain/system.ts';
import { UsageError } from './errors.ts';
import { type FlagSpec, type Flags, named } from './flags.ts';

/** One interface as it is sent. */
export type InterfaceAdd = z.input<typeof interfaceInput>;

/** Flags of the interface that a system boots from. */
export const BOOT_INTERFACE_FLAGS: readonly FlagSpec[] = [
  {
    flag: '--mac <address>',
    help: 'MAC address, in any usual spelling, or none',
    fields: ['interfaces.0.mac'],
  },
  {
    flag: '--client-id <id>',
    help: 'what it calls itself in option 61: ff:00:0a or 0xff000a, or text; or none',
    fields: ['interfaces.0.clientId'],
  },
  {
    flag: '--circuit-id <id>',
    help: 'where it is plugged in, as the relay says in option 82: Gi1/0/3 or 0x00040064, or none',
    fields: ['interfaces.0.circuitId'],
  },
  {
    flag: '--remote-id <id>',
    help: 'the relay that names the circuit, or none: any relay',
    fields: ['interfaces.0.remoteId'],
  },
  {
    flag: '--ip <address>',
    help: "its address; 'auto' takes the next free one, 'none' leaves it dynamic",
    fields: ['interfaces.0.ip'],
  },
  { flag: '--subnet <name>', help: 'subnet that --ip auto takes from', fields: ['interfaces.0.subnet'] },
];

const KEYS = ['name', 'mac', 'client-id', 'circuit-id', 'remote-id', 'ip', 'subnet'];

/**
 * `name=eth1,mac=52:54:00:12:34:57,ip=10.99.0.12,subnet=lab` as an interface, or `eth1:mac=…,ip=…`; `ip=none` is dynamic.
 * Names may hold colons: the last one before the first `=` ends the name.
 */
export function parseInterface(flag: string, text: string): InterfaceAdd {
  const given = new Map<string, string>();
  const prefix = /^([^=,]+):(?=[a-z-]+=)/.exec(text);
  if (prefix !== null) given.set('name', prefix[1] ?? '');
  for (const part of text.slice(prefix?.[0].length ?? 0).split(',')) {
    const [key = '', value] = part.split('=', 2);
    if (!KEYS.includes(key) || value === undefined || value === '') {
      throw new UsageError(
        `${flag}: '${part}' is not one of ${KEYS.map((one) => `${one}=…`).join(', ')}`,
        `write ${flag} eth1:mac=52:54:00:12:34:57,ip=10.99.0.12`,
      );
    }
    if (given.has(key)) throw new UsageError(`${flag}: ${key} is given twice in '${text}'`);
    given.set(key, value);
  }
  const known = {
    mac: given.get('mac'),
    clientId: given.get('client-id'),
    circuitId: given.get('circuit-id'),
    remoteId: given.get('remote-id'),
  };
  if ([known.mac, known.clientId, known.circuitId].every((value) => value === undefined))
    throw new UsageError(`${flag}: '${text}' has no mac=…, client-id=… or circuit-id=…`);
  const ip = given.get('ip');
  return named({
    ...known,
    name: given.get('name'),
    ip: ip === 'none' ? null : ip,
    subnet: given.get('subnet'),
  });
}

/** By what the flags say that an interface is known. */
export function knownBy(flags: Flags) {
  return named({
    mac: flags.nullable('mac'),
    clientId: flags.nullable('client-id'),
    circuitId: flags.nullable('circuit-id'),
    remoteId: flags.nullable('remote-id'),
  });
}

/**
 * The interfaces of a new system: the one of --mac first (it is booted from), then each `--interface name=…,mac=…`.
 * `--interface eth0` without `=` names the first.
 */
export function newInterfaces(flags: Flags): InterfaceAdd[] {
  const whole = flags.texts('interface').filter((text) => text.includes('='));
  const names = flags.texts('interface').filter((text) => !text.includes('='));
  if (names.length > 1) {
    throw new UsageError(
      `--interface names the boot interface twice: ${names.join(', ')}`,
      'write further ones as --interface eth1:mac=…,ip=…',
    );
  }
  const known = knownBy(flags);
  const isKnown = Object.values(known).some((value) => value != null);
  const boot = named({ name: names[0], ip: flags.nullable('ip'), subnet: flags.nullable('subnet') });
  if (!isKnown && (whole.length === 0 || Object.keys(boot).length > 0)) {
    throw new UsageError(
      'missing: --mac',
      'or --client-id, or --circuit-id, where the machine is known by that',
    );
  }
  const first: InterfaceAdd[] = isKnown ? [{ ...known, ...boot }] : [];
  return [...first, ...whole.map((text) => parseInterface('--interface', text))];
}
