import type { BootEvent } from '../../domain/boot/boot-event.ts';
import { ROUTE_STAGES } from '../../domain/install/diagnosis.ts';
import { POWER_UP_FAILURES } from '../../domain/power/power-up.ts';
import { always, type CauseRow, given, lastMessage, some, times } from './cause.ts';
import type { Evidence } from './evidence.ts';

/** Hints for what a DHCP answer was refused for, by the code of the decision. */
const REFUSALS: Readonly<Record<string, (system: string, subnet: string) => string>> = {
  'no-subnet': () =>
    'declare the network that it asks from: provision subnet add NAME --network …; of a relay, that of its address',
  'subnet-off': (_system, subnet) => `switch it on: provision subnet edit ${subnet} --dhcp authoritative`,
  'no-free-address': (system, subnet) =>
    `widen the ranges (provision subnet edit ${subnet} --range …), or give it an address: provision system edit ${system} --ip auto`,
  'no-boot-answer': (system) => `look why: provision explain ${system}`,
};

const subnetOf = ({ subnets }: Evidence): string => subnets[0]?.name ?? 'NAME';
const mayBeHeard = ({ subnets }: Evidence): boolean =>
  subnets.length === 0 || subnets.some(({ dhcp }) => dhcp !== 'off');
const strangersSince = ({ strangers, install }: Evidence) =>
  strangers.filter(({ lastSeenAt }) => Date.parse(lastSeenAt) >= Date.parse(install.armedAt));
const refusals = ({ of }: Evidence): readonly BootEvent[] =>
  of('refused').filter(({ data }) => data['file'] === undefined);
const isWithoutBootfile = ({ offer }: Evidence): boolean => offer?.data['action'] === 'none';

const powerFailure = ({ powerUp }: Evidence['install']) => {
  const outcome = powerUp?.outcome ?? 'stopped';
  return outcome === 'netbooted' || outcome === 'stopped' ? undefined : POWER_UP_FAILURES[outcome];
};

/** Power, and the way to an address. */
export const NETWORK_CAUSES: readonly CauseRow[] = [
  {
    id: 'cancelled',
    at: ROUTE_STAGES,
    when: ({ install, of }) => (install.state === 'cancelled' ? of('cancelled').slice(-1) : undefined),
    says: ({ install }) => install.reason ?? 'it was cancelled',
    hint: ({ system }) => `nothing is wrong; arm it again: provision system install ${system}`,
  },
  {
    id: 'queued',
    at: ['power-on', 'discover'],
    when: ({ install }) => given(install.state === 'queued'),
    says: ({ install }) =>
      `it waits for its turn${install.position === null ? '' : ` (place ${install.position})`}`,
    hint: () => 'nothing is wrong; see who is before it: provision install list',
  },
  {
    id: 'power-failed',
    at: ['power-on', 'discover'],
    when: ({ install, of }) => (install.failure === 'power' ? of('failed', 'power').slice(-1) : undefined),
    says: ({ install }) => powerFailure(install)?.says ?? install.reason ?? 'its BMC did not switch it on',
    hint: ({ install, system }) =>
      powerFailure(install)?.look ?? install.hint ?? `look at the BMC: provision bmc check ${system}`,
  },
  {
    id: 'bmc-at-work',
    at: ['power-on'],
    when: ({ of }) => of('power', 'boot-device').slice(-3),
    says: ({ install }) => `its BMC has not switched it on yet (step '${install.powerUp?.step ?? 'off'}')`,
    hint: ({ system }) =>
      `see what the BMC says: provision power jobs, provision bmc check ${system}; or switch it on by hand`,
  },
  {
    id: 'dhcp-off',
    at: ['discover'],
    when: (evidence) => given(!mayBeHeard(evidence)),
    says: (evidence) => `DHCP is off on its subnet ${subnetOf(evidence)}, so that no machine is heard there`,
    hint: (evidence) =>
      `provision subnet edit ${subnetOf(evidence)} --dhcp authoritative; or --dhcp proxy beside another server`,
  },
  {
    id: 'wrong-mac',
    at: ['discover'],
    when: (evidence) => given(strangersSince(evidence).length > 0),
    says: (evidence) => {
      const [first] = strangersSince(evidence);
      return `another MAC asked on the same subnet meanwhile, and no record knows it: ${first?.mac} (${first?.firmware}); it may be another card of this machine, or the MAC on record is wrong`;
    },
    hint: (evidence) => {
      const mac = strangersSince(evidence)[0]?.mac ?? 'MAC';
      return `compare it with the label or the firmware of the machine; if it is its card: provision system edit ${evidence.system} --mac ${mac}`;
    },
    evidence: (evidence) =>
      strangersSince(evidence)
        .slice(0, 5)
        .map(({ mac, firmware, count, lastSeenAt }) => ({
          at: lastSeenAt,
          says: `${mac} (${firmware}) asked ${times(count)}, and no record knows it`,
          events: [],
        })),
  },
  {
    id: 'disk-booted',
    at: ['discover'],
    when: ({ discovers }) => some(discovers.disk),
    says: () =>
      'an operating system asked for an address instead of the firmware: the machine boots its disk',
    hint: ({ hasBmc, system }) =>
      hasBmc
        ? `cancel, and have its BMC set the boot device: provision system install ${system} --cycle; or put the network first in its boot order`
        : 'restart it and choose network boot by hand; an installed system puts itself first in the boot order',
  },
  {
    id: 'nothing-heard',
    at: ['discover'],
    when: ({ install, of }) => (install.powerUp === null ? undefined : of('power').slice(-1)),
    says: () => POWER_UP_FAILURES['nothing-heard'].says,
    hint: () => POWER_UP_FAILURES['nothing-heard'].look,
  },
  {
    id: 'not-switched-on',
    at: ['discover'],
    when: always,
    says: () =>
      'nothing was heard of it: nobody has booted it from the network yet, or its packets do not get here',
    hint: () =>
      'boot it from the network by hand; if it says that it does: the MAC on record, the cable and VLAN of that card, and a DHCP relay on the way',
  },
  {
    id: 'no-answer',
    at: ['offer'],
    when: (evidence) => some(refusals(evidence)),
    says: (evidence, found) => `its DISCOVER was not answered: ${lastMessage(evidence, found)}`,
    hint: (evidence, found) => {
      const hint = REFUSALS[String(found.at(-1)?.data['code'])];
      return (
        hint?.(evidence.system, subnetOf(evidence)) ??
        `see what it would get: provision explain ${evidence.system}`
      );
    },
  },
  {
    id: 'no-offer',
    at: ['offer'],
    when: always,
    says: () => 'its DISCOVER came here, and no offer is on the timeline',
    hint: ({ system }) => `see what it would get: provision explain ${system}; then the log of the service`,
  },
  {
    id: 'took-other-server',
    at: ['ack'],
    when: ({ of }) => some(of('other-dhcp-server')),
    says: (_, found) => `it took the offer of another DHCP server, ${found.at(-1)?.data['server']}`,
    hint: (evidence) =>
      `switch that one off there, or let it give the addresses and this service the boot files: provision subnet edit ${subnetOf(evidence)} --dhcp proxy`,
  },
  {
    id: 'address-refused',
    at: ['ack'],
    when: ({ of }) => some(of('dhcp-nak')),
    says: (evidence, found) =>
      `the address that it asked for was refused (NAK): ${lastMessage(evidence, found)}`,
    hint: ({ system }) => `see who has what: provision lease list, provision explain ${system}`,
  },
  {
    id: 'address-in-use',
    at: ['ack'],
    when: ({ of }) => some(of('dhcp-decline', 'address-in-use')),
    says: (evidence, found) => lastMessage(evidence, found),
    hint: ({ system }) =>
      `find the machine that uses it (provision status names it), or give this one another: provision system edit ${system} --ip auto`,
  },
  {
    id: 'offer-without-bootfile',
    at: ['ack', 'loader', 'loader-runs'],
    when: (evidence) => (isWithoutBootfile(evidence) ? some(evidence.of('dhcp-offer').slice(-1)) : undefined),
    says: (evidence, found) => `the offer named nothing to boot: ${lastMessage(evidence, found)}`,
    hint: ({ system }) => `see each step and why: provision explain ${system}`,
  },
  {
    id: 'request-unanswered',
    at: ['ack'],
    when: (evidence) => some(refusals(evidence)),
    says: (evidence, found) => `its REQUEST was not answered: ${lastMessage(evidence, found)}`,
    hint: ({ system }) => `see what it would get: provision explain ${system}`,
  },
  {
    id: 'relay',
    at: ['ack'],
    when: ({ discovers: { rom } }) =>
      rom.length > 1
        ? some(rom.filter(({ data }) => typeof data['relay'] === 'string').slice(-1))
        : undefined,
    says: ({ discovers }, found) =>
      `it asked ${times(discovers.rom.length)} by the relay ${found[0]?.data['relay']}, and takes no answer: it does not come back through the relay`,
    hint: (_, found) =>
      `answers go to ${found[0]?.data['relay']}, UDP port 67: is there a route to it, and does a firewall let them through? The relay must know this server by its address`,
  },
  {
    id: 'other-server',
    at: ['ack'],
    when: ({ otherServers, discovers }) => given(otherServers.length > 0 && discovers.rom.length > 0),
    says: ({ otherServers }) =>
      `another DHCP server (${otherServers.map(({ address }) => address).join(', ')}) answers on its subnet, and may be quicker`,
    hint: (evidence) =>
      `switch that one off there, or: provision subnet edit ${subnetOf(evidence)} --dhcp proxy`,
  },
  {
    id: 'offers-do-not-arrive',
    at: ['ack'],
    when: ({ discovers: { rom, ipxe } }) =>
      rom.length + ipxe.length > 1 ? [...rom, ...ipxe].slice(-5) : undefined,
    says: ({ discovers: { rom, ipxe } }) =>
      `it asked ${times(rom.length + ipxe.length)} and took none of the offers: they do not reach it, or it is waiting for something that they do not say`,
    hint: () =>
      'at its switch port: DHCP snooping must trust the port of this server, spanning tree must be off or fast (portfast), the VLAN the same both ways; a firewall must let UDP 67 out; more than one card may be asking',
  },
  {
    id: 'fell-silent',
    at: ['ack'],
    when: ({ of }) => of('dhcp-offer').slice(-1),
    says: () => 'it asked once, was offered an address, and was not heard again',
    hint: () => 'look at its console: switched off again, or its firmware has gone on to another device',
  },
];
