import { formatIpv4 } from '../../src/domain/network/ipv4.ts';
import type { PxeStormOptions } from '../support/pxe-storm.ts';
import { codecCase } from './dhcp-codec.ts';
import { type DhcpServerKind, DNSMASQ, KEA, KEA_ON_LINK, OURS } from './dhcp-servers.ts';
import {
  contenders,
  type DhcpWire,
  firstOfferContenders,
  highestRate,
  playStorm,
  RELAY_LINK,
} from './dhcp-wire.ts';
import type { Case } from './harness.ts';
import { FIRST_SYSTEM_MAC, systemIp, systemMac } from './world.ts';

/** DHCP over sockets: what a storm of machines meets. Ours has every lease on disk before its ACK exists. */
export function cases(): Case[] {
  return [
    codecCase(),
    rateCase('highest rate with under 1 % lost, 30,000 machines', 0, { count: 30_000 }, [KEA, DNSMASQ], 3),
    rateCase(
      'highest rate with under 1 % lost, 100,000 reservations',
      MANY,
      { count: MANY, firstMac: systemMac(0) },
      [KEA],
      2,
    ),
    paceCase('p99 of the OFFER at 2,000/s, new machines', 0),
    paceCase('p99 of the OFFER at 2,000/s, 100,000 reservations', MANY),
    firstOfferCase(),
    burstCase('1,000 machines at once behind a relay', RELAY_LINK, [KEA, DNSMASQ]),
    burstCase('1,000 machines at once on the link', { kind: 'link' }, [KEA_ON_LINK, DNSMASQ]),
    aloneCase(),
  ];
}

const MANY = 100_000;
const BURST = 1000;
const PER_SECOND = 2000;
const PACE_SECONDS = 3;
/** Machines without a record: 02:00:00:00:00:00 and up. */
const FIRST_NEW_MAC = 0x02_00_00_00_00_00;

function rateCase(
  name: string,
  reservations: number,
  machines: { readonly count: number; readonly firstMac?: string },
  peers: readonly DhcpServerKind[],
  samples: number,
): Case {
  return {
    name,
    unit: 'exchanges/s',
    better: 'more',
    goal: { ratio: 'at least', value: 1 },
    also: [{ name: `CPU for one, ${name}`, unit: 'µs', better: 'less', goal: null }],
    warmups: 0,
    samples,
    ...contenders(OURS, peers, reservations, highestRate(machines, 2000)),
  };
}

/** Open loop: a machine begins every half millisecond, whatever became of those before it. */
function paceCase(name: string, reservations: number): Case {
  const machines = PER_SECOND * PACE_SECONDS;
  const sample = async ({ network, round }: DhcpWire): Promise<readonly number[]> => {
    const load = { link: RELAY_LINK, machines, window: machines, perSecond: PER_SECOND };
    const report = await playStorm(network, { ...load, ...machinesOf(round * machines, reservations) });
    return [report.offerMs.p99, report.ackMs.p99, report.retransmissions];
  };
  return {
    name,
    unit: 'ms',
    better: 'less',
    goal: { ratio: 'at least', value: 0.5 },
    also: [
      {
        name: name.replace('OFFER', 'ACK'),
        unit: 'ms',
        better: 'less',
        goal: { ratio: 'at least', value: 0.5 },
      },
      { name: name.replace('p99 of the OFFER', 'sent again'), unit: 'packets', better: 'less', goal: null },
    ],
    warmups: 1,
    samples: 3,
    ...contenders(OURS, [KEA], reservations, () => sample),
  };
}

/** Each round has machines of its own; those with a record must get its address. */
function machinesOf(first: number, reservations: number): Pick<PxeStormOptions, 'firstMac' | 'firstAddress'> {
  if (reservations === 0) return { firstMac: FIRST_NEW_MAC + first };
  return { firstMac: FIRST_SYSTEM_MAC + first, firstAddress: formatIpv4(systemIp(first)) };
}

function firstOfferCase(): Case {
  return {
    name: 'from the start to the first OFFER, 100,000 reservations',
    unit: 's',
    better: 'less',
    goal: { ours: 'at most', value: 1.7 },
    warmups: 0,
    samples: 2,
    ...firstOfferContenders(OURS, [KEA, DNSMASQ], MANY, FIRST_SYSTEM_MAC),
  };
}

function burstCase(name: string, link: PxeStormOptions['link'], peers: readonly DhcpServerKind[]): Case {
  const sample = async ({ network, round }: DhcpWire): Promise<readonly number[]> => {
    const load = { link, machines: BURST, window: BURST, firstMac: FIRST_NEW_MAC + round * BURST };
    const report = await playStorm(network, load);
    return [report.retransmissions, report.lost, report.seconds, report.offerMs.p99];
  };
  return {
    name: `${name}: sent again`,
    unit: 'packets',
    better: 'less',
    goal: { ours: 'at most', value: 0 },
    also: [
      { name: `${name}: lost`, unit: 'machines', better: 'less', goal: { ours: 'at most', value: 0 } },
      { name: `${name}: until all are bound`, unit: 's', better: 'less', goal: null },
      { name: `${name}: p99 of the OFFER`, unit: 'ms', better: 'less', goal: null },
    ],
    // No warm-up: the first storm after a start is the one that counts. dnsmasq takes half a minute for each.
    warmups: 0,
    samples: 2,
    ...contenders(OURS, peers, 0, () => sample),
  };
}

function aloneCase(): Case {
  const machines = 50;
  const sample = async ({ network, round }: DhcpWire): Promise<readonly number[]> => {
    const load = { link: RELAY_LINK, machines, window: 1, firstMac: FIRST_NEW_MAC + round * machines };
    const report = await playStorm(network, load);
    return [report.offerMs.p50, report.ackMs.p50];
  };
  return {
    name: 'OFFER to one machine alone',
    unit: 'ms',
    better: 'less',
    goal: { ours: 'at most', value: 50 },
    also: [{ name: 'ACK to one machine alone', unit: 'ms', better: 'less', goal: null }],
    warmups: 1,
    samples: 3,
    ...contenders(OURS, [KEA], 0, () => sample),
  };
}
