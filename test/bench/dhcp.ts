import { buildReply } from '../../src/dhcp/build-reply.ts';
import { describeClient } from '../../src/dhcp/client.ts';
import type { DhcpFacts } from '../../src/dhcp/facts.ts';
import { decodePacket, encodePacket } from '../../src/dhcp/packet.ts';
import { decideReply } from '../../src/dhcp/reply.ts';
import { parseNetwork } from '../../src/domain/ipv4.ts';
import { type DhcpPacketService, dhcpService } from '../../src/services/dhcp.ts';
import { eventService } from '../../src/services/events.ts';
import { installService } from '../../src/services/installs.ts';
import { must } from '../support/must.ts';
import { discover, exchange } from './dhcp-clients.ts';
import { type Case, millisecondsOf } from './harness.ts';
import { macOf, openWorld, SERVER_IP, systemIp, systemMac, type World } from './world.ts';

/** As many machines as are under way at once in the peers' storms. */
const WINDOW = 64;
const EXCHANGES = 1000;
const SYSTEMS = 5000;
const PACKETS = 5000;

/** DHCP: what a storm of machines meets. A lease is on disk before its ACK exists. */
export function cases(): Case[] {
  return [
    codecCase(),
    // dnsmasq, the one peer that flushes before it answers, reaches 690 a second on two cores.
    stormCase('DISCOVER to ACK, new machines, 64 at once', 690, (round, index) => ({
      mac: macOf(0x02_00_00, round * EXCHANGES + index),
      expected: undefined,
    })),
    stormCase('DISCOVER to ACK, machines of 5,000 records, 64 at once', 690, (round, index) => {
      const system = (round * EXCHANGES + index) % SYSTEMS;
      return { mac: systemMac(system), expected: systemIp(system) };
    }),
    singleCase(),
  ];
}

/** Decode, describe, decide, build and encode of one OFFER: no database, no socket. */
function codecCase(): Case {
  const facts = factsOfOneReservation();
  const reception = {
    interfaceName: 'eth0',
    serverAddress: SERVER_IP,
    localNetworks: [must(parseNetwork('10.64.0.0/14'), 'network')],
  };
  const target = { kind: 'boot', nextServer: SERVER_IP, bootfile: 'snponly.efi', httpBoot: false } as const;
  const answer = (bytes: Buffer): Buffer => {
    const packet = decodePacket(bytes);
    const client = describeClient(packet, reception);
    const decision = decideReply(client, facts, target, 0);
    if (decision.kind !== 'offer') throw new Error(`${decision.kind} instead of an offer`);
    return encodePacket(buildReply({ request: packet, client, facts, decision }), client.maxReplyBytes);
  };
  const bytes = discover(systemMac(0), 1);
  return {
    name: 'decode, decide and encode one packet',
    unit: 'packets a CPU second',
    better: 'more',
    // Kea answers up to 12,000 exchanges of two packets a second; the part without a disk must not be the limit.
    goal: { ours: 'at least', value: 24_000 },
    warmups: 2,
    samples: 7,
    peers: [],
    start: async () => ({
      sample() {
        const before = process.cpuUsage();
        for (let count = 0; count < PACKETS; count++) answer(bytes);
        const { user, system } = process.cpuUsage(before);
        return (PACKETS * 1_000_000) / (user + system);
      },
      stop() {},
    }),
  };
}

function factsOfOneReservation(): DhcpFacts {
  return {
    serverId: SERVER_IP,
    subnet: {
      id: 'boot',
      network: must(parseNetwork('10.64.0.0/14'), 'network'),
      mode: 'authoritative',
      gateway: SERVER_IP,
      dnsServers: [SERVER_IP],
      domain: 'example.org',
      ntpServers: [],
      leaseSeconds: 3600,
      ranges: [],
    },
    reservation: { system: 'web00000', hostname: 'web00000', ip: systemIp(0) },
  };
}

/** A running service on a world; `settle` waits until its timelines are written. */
async function openService(systems: number) {
  const world: World = await openWorld(systems);
  const fail = (error: unknown): never => {
    throw error;
  };
  const events = eventService(world.deps, fail);
  const installs = installService(world.deps, events, async () => {});
  const settings = { httpPort: 80, ownAddresses: () => [SERVER_IP] };
  const service: DhcpPacketService = dhcpService(world.deps, events, installs, settings);
  return { service, settle: () => events.flush(), close: world.close };
}

interface Machine {
  readonly mac: string;
  /** The address of its record; undefined for a machine without one. */
  readonly expected: number | undefined;
}

/** Exchanges a second with a window of machines under way; each round is of other machines. */
function stormCase(name: string, goal: number, machineOf: (round: number, index: number) => Machine): Case {
  return {
    name,
    unit: 'exchanges/s',
    better: 'more',
    goal: { ours: 'at least', value: goal },
    warmups: 1,
    samples: 5,
    peers: [],
    async start() {
      const { service, settle, close } = await openService(SYSTEMS);
      let round = 0;
      return {
        async sample() {
          const machines = Array.from({ length: EXCHANGES }, (_, index) => machineOf(round, index));
          round += 1;
          const ms = await millisecondsOf(async () => {
            await storm(service, machines);
            await settle();
          });
          return (EXCHANGES * 1000) / ms;
        },
        stop: close,
      };
    },
  };
}

/** Every machine gets its address, and none the address of another one. */
async function storm(service: DhcpPacketService, machines: readonly Machine[]): Promise<void> {
  const waiting = machines.entries();
  const given = new Set<number>();
  const one = async (): Promise<void> => {
    // The iterator is shared: each takes the next machine that nobody has taken.
    for (const [index, { mac, expected }] of waiting) {
      const address = await exchange(service, mac, index + 1);
      if (expected !== undefined && address !== expected) throw new Error(`${mac} got another's address`);
      given.add(address);
    }
  };
  await Promise.all(Array.from({ length: WINDOW }, one));
  if (given.size !== machines.length) throw new Error('two machines got one address');
}

function singleCase(): Case {
  return {
    name: 'DISCOVER to ACK, one machine alone',
    unit: 'ms',
    better: 'less',
    // Firmware waits a second and more for an answer; a person does not notice this.
    goal: { ours: 'at most', value: 50 },
    warmups: 5,
    samples: 51,
    peers: [],
    async start() {
      const { service, settle, close } = await openService(SYSTEMS);
      let index = 0;
      return {
        async sample() {
          index += 1;
          const ms = await millisecondsOf(() => exchange(service, systemMac(index % SYSTEMS), index));
          await settle();
          return ms;
        },
        stop: close,
      };
    },
  };
}
