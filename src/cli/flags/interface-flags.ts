import { UsageError } from '../errors.ts';
import { type FlagSpec, type Flags, named } from './flags.ts';
import { type InterfaceAdd, parseInterface } from './parse-interface.ts';

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
