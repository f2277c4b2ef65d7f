import type { SystemInterface } from '../../domain/network/network-interface.ts';
import type { System } from '../../domain/records/system.ts';
import { LocalError, UsageError } from '../errors.ts';
import { interfaceToInput } from '../records/record-kinds.ts';
import type { CopiedInterfaces } from './copy-interfaces.ts';
import type { InterfaceAdd } from './parse-interface.ts';

/**
 * The interfaces of a copy: those of the other system by their names, known by what was given. Throws UsageError that
 * names each one of which nothing was said, since no two machines share a MAC.
 */
export function interfacesOfCopy(
  { boot, others, remove }: CopiedInterfaces,
  source: System,
): { readonly items: InterfaceAdd[]; readonly notes: readonly string[] } {
  const names = source.interfaces.map(({ name }) => name);
  const unknown = remove.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new LocalError(`${source.name} has no interface ${unknown}`, `it has: ${names.join(', ')}`);
  const kept = source.interfaces.filter(({ name }) => !remove.includes(name));
  const first = kept[0]?.name;
  const copies = kept.map((one) => ({
    one,
    input: copyOf(one, {
      ...others.find(({ name }) => name === one.name),
      ...(one.name === first ? boot : {}),
    }),
  }));
  refuseUnknown(copies, first);
  return {
    items: [...copies.map(({ input }) => input), ...others.filter(({ name }) => !names.includes(name ?? ''))],
    notes: copies.flatMap(({ one, input }) => noteOf(one, input, source.name)),
  };
}

function copyOf(one: SystemInterface, given: Partial<InterfaceAdd>): InterfaceAdd {
  // The next free address is looked for where the other one has its own.
  const subnet = given.ip === 'auto' && one.subnet !== null ? { subnet: one.subnet } : {};
  return { name: one.name, ...shapeOf(one), ...subnet, ...given };
}

/** What of it another machine may have too: what it is made of, its routes, and the addresses that are shared. */
function shapeOf(one: SystemInterface): Partial<InterfaceAdd> {
  const {
    mac: _mac,
    clientId: _clientId,
    circuitId: _circuitId,
    remoteId: _remoteId,
    ip: _ip,
    addresses: _addresses,
    sharedMac: _sharedMac,
    ...shape
  } = interfaceToInput(one);
  return shape;
}

const isKnown = ({
  mac,
  clientId,
  circuitId,
}: Pick<InterfaceAdd, 'mac' | 'clientId' | 'circuitId'>): boolean =>
  [mac, clientId, circuitId].some((one) => one != null);

function refuseUnknown(
  copies: readonly { readonly one: SystemInterface; readonly input: InterfaceAdd }[],
  first: string | undefined,
): void {
  const missing = copies
    // A bond has the MAC of its first card, on the copy as well.
    .filter(({ one }) => one.type === 'ethernet' && isKnown(one))
    .map(({ input }) => input)
    .filter((input) => !isKnown(input))
    .map(({ name }) => (name === first ? `--mac (${name})` : `--interface ${name}:mac=…`));
  if (missing.length > 0)
    throw new UsageError(
      `missing: ${missing.join(', ')}`,
      'a copy has no MAC of the other one; --remove-interface NAME leaves an interface out',
    );
}

function noteOf(one: SystemInterface, { name, ip }: InterfaceAdd, source: string): string[] {
  if (ip != null || one.ip === null) return [];
  return [
    `${name} has no fixed address (${source} has ${one.ip}); give it one with --ip auto or --ip ADDRESS`,
  ];
}
