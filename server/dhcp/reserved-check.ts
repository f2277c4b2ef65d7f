import type { NewBootEvent } from '../../src/domain/boot/boot-event.ts';
import { DomainError } from '../../src/domain/errors.ts';
import type { InstallInput } from '../../src/domain/install/install-input.ts';
import { type Ipv4, netmask, parseIpv4 } from '../../src/domain/network/ipv4.ts';
import type { StoredSystem } from '../../src/store/interfaces/store.ts';
import type { ProbeAddresses } from '../net/address-prober.ts';
import type { MachineInterface } from '../net/interfaces.ts';

export interface ReservedCheckDeps {
  readonly links: () => readonly MachineInterface[];
  readonly probe: ProbeAddresses;
  readonly onEvent: (event: NewBootEvent) => void;
}

interface Clash {
  readonly ip: string;
  readonly mac: string;
}

/**
 * Asks the link whether another machine uses an address that is reserved for this one, before an install is armed: the
 * installer would end with two machines at one address. Throws DomainError 'address-taken', or only tells it on the
 * timeline where that was asked for. Addresses behind a relay, and a service without CAP_NET_RAW, cannot be asked.
 */
export function createReservedCheck({ links, probe, onEvent }: ReservedCheckDeps) {
  const foreignUsers = async (text: string, own: readonly string[]): Promise<Clash[]> => {
    const ip = parseIpv4(text);
    const link = ip === undefined ? undefined : findLink(links(), ip);
    if (ip === undefined || link === undefined) return [];
    const answer = await probe(link, [ip]);
    if (!answer.ok) return [];
    return (answer.users.get(ip) ?? []).filter((mac) => !own.includes(mac)).map((mac) => ({ ip: text, mac }));
  };
  return async (
    { system }: Pick<StoredSystem, 'system'>,
    { allowAddressInUse }: Pick<InstallInput, 'allowAddressInUse'>,
  ): Promise<void> => {
    const own = system.interfaces.flatMap(({ mac, seenMac }) => mac ?? seenMac ?? []);
    // Of an interface whose MAC is not known yet, nobody can say who answers for it.
    const reserved = system.interfaces.flatMap(({ ip, mac, seenMac }) =>
      ip === null || (mac ?? seenMac ?? null) === null ? [] : [ip],
    );
    const clashes = (await Promise.all(reserved.map((ip) => foreignUsers(ip, own)))).flat();
    const [first] = clashes;
    if (first === undefined) return;
    if (!allowAddressInUse) throw refusal(system.name, clashes, first);
    for (const { ip, mac } of clashes) {
      const message = `${ip} is used by ${mac}; allowed for this install`;
      const base = { systemId: system.id, mac, installId: null, data: { ip } };
      onEvent({ ...base, stage: 'address-in-use', outcome: 'warning', message });
    }
  };
}

function refusal(name: string, clashes: readonly Clash[], { ip, mac }: Clash): DomainError {
  const all = clashes.map((clash) => `${clash.ip} is used by ${clash.mac}`).join(', ');
  return new DomainError('address-taken', `an address of ${name} is in use by another machine: ${all}`, {
    conflict: { value: ip, kind: 'ip', holder: `the machine with ${mac}`, interface: null, command: null },
    hint: `turn that machine off or change an address; if ${mac} is a card of ${name}, add it as an interface; or use --allow-address-in-use`,
  });
}

/** The link on which an address can be asked for: one that we have an address of the same network on. */
function findLink(links: readonly MachineInterface[], ip: Ipv4): MachineInterface | undefined {
  return links.find(({ addresses }) =>
    addresses.some(({ address, prefix }) => ((address ^ ip) & netmask(prefix)) === 0),
  );
}
