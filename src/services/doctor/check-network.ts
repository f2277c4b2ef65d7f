import type { Check } from '../../domain/check.ts';
import { networkContains, parseNetwork } from '../../domain/network/ipv4.ts';
import type { Subnet } from '../../domain/network/subnet.ts';
import type { DoctorFacts, InterfaceFact } from './facts.ts';

/** Which ports could be had, and what gives the others. */
export function checkPorts({ listeners }: DoctorFacts): Check[] {
  const refused = listeners.filter(({ state }) => state === 'refused');
  const listening = listeners.filter(({ state }) => state === 'listening');
  const names = listening.map(({ name }) => name).join(', ');
  const ok: Check = { name: 'ports', state: 'ok', what: `listens: ${names || 'nothing'}`, next: null };
  const problems = refused.map(
    ({ name, address, reason, remedy }): Check => ({
      name: 'ports',
      state: 'problem',
      what: `${name} does not listen${address === null ? '' : ` on ${address}`}: ${reason ?? 'no reason was given'}`,
      next: remedy,
    }),
  );
  return listening.length > 0 || refused.length === 0 ? [ok, ...problems] : problems;
}

/** On which networks machines are answered, and by which interface. */
export function checkDhcp({ subnets, interfaces }: DoctorFacts): Check[] {
  const on = subnets.filter(({ dhcp }) => dhcp !== 'off');
  if (on.length > 0) return on.map((subnet) => checkSubnet(subnet, interfaces));
  const declared = subnets.map(({ name }) => name).join(', ');
  return [
    {
      name: 'dhcp',
      state: 'warning',
      what:
        subnets.length === 0
          ? 'no subnet is declared: no machine is given an address'
          : `DHCP is off on every subnet (${declared}): no machine is given an address`,
      next:
        subnets.length === 0
          ? 'provision subnet add NAME --network A.B.C.D/N --dhcp authoritative'
          : `provision subnet edit ${subnets[0]?.name} --dhcp authoritative, unless another server gives the addresses`,
    },
  ];
}

function checkSubnet(subnet: Subnet, interfaces: readonly InterfaceFact[]): Check {
  const network = parseNetwork(subnet.network);
  const near = interfaces.find(
    ({ up, addresses }) =>
      up && network !== undefined && addresses.some((address) => networkContains(network, address)),
  );
  const about = `${subnet.name} (${subnet.network}, ${subnet.dhcp})`;
  if (near !== undefined)
    return { name: 'dhcp', state: 'ok', what: `answers on ${about} by ${near.name}`, next: null };
  return {
    name: 'dhcp',
    state: 'warning',
    what: `${about} has DHCP on, but no interface of this machine has an address in it: only machines behind a relay are answered`,
    next: `give an interface an address in ${subnet.network}, or let a relay forward to this server, or: provision subnet edit ${subnet.name} --dhcp off`,
  };
}

/** An interface that is up without an address hears nobody. */
export function checkInterfaces({ interfaces }: DoctorFacts): Check[] {
  const bare = interfaces.filter(({ up, isPort, addresses }) => up && !isPort && addresses.length === 0);
  const usable = interfaces.filter(({ up, addresses }) => up && addresses.length > 0);
  const warnings = bare.map(
    ({ name }): Check => ({
      name: 'interfaces',
      state: 'warning',
      what: `${name} is up and has no IPv4 address: no machine on it is answered`,
      next: `give it a fixed address, if machines boot there: ip address add A.B.C.D/N dev ${name}`,
    }),
  );
  if (usable.length === 0) return [...warnings, NO_INTERFACE];
  const what = `up with an address: ${usable.map(({ name }) => name).join(', ')}`;
  return [...warnings, { name: 'interfaces', state: 'ok', what, next: null }];
}

const NO_INTERFACE: Check = {
  name: 'interfaces',
  state: 'problem',
  what: 'no interface of this machine is up with an IPv4 address: nobody can be served',
  next: 'give the interface of the boot network a fixed address',
};

/**
 * What the service has noticed by itself: addresses held twice, another DHCP server on the wire. A warning of the
 * status says what is so, and behind a semicolon what to do about it.
 */
export function checkWarnings({ warnings }: DoctorFacts): Check[] {
  return warnings.map((text) => {
    const [what = '', ...rest] = text.split('; ');
    return { name: 'noticed', state: 'warning', what, next: rest.length === 0 ? null : rest.join('; ') };
  });
}
