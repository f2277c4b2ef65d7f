import { buildReply } from '../../src/dhcp/build-reply.ts';
import { describeClient } from '../../src/dhcp/client.ts';
import type { DhcpFacts } from '../../src/dhcp/facts.ts';
import { decodePacket, encodePacket } from '../../src/dhcp/packet.ts';
import { decideReply } from '../../src/dhcp/reply.ts';
import { parseNetwork } from '../../src/domain/network/ipv4.ts';
import { must } from '../support/must.ts';
import { pxePackets } from '../support/pxe-machines.ts';
import type { Case } from './harness.ts';
import { FIRST_SYSTEM_MAC, SERVER_IP, systemIp } from './world.ts';

const PACKETS = 5000;

/** Decode, describe, decide, build and encode of one OFFER: no database, no socket. */
export function codecCase(): Case {
  const facts = factsOfOneReservation();
  const reception = {
    interfaceName: 'eth0',
    serverAddress: SERVER_IP,
    localNetworks: [must(parseNetwork('10.64.0.0/14'), 'network')],
  };
  const target = {
    kind: 'boot',
    action: 'install',
    reason: 'armed',
    nextServer: SERVER_IP,
    bootfile: 'snponly.efi',
    httpBoot: false,
  } as const;
  const answer = (bytes: Buffer): Buffer => {
    const packet = decodePacket(bytes);
    const client = describeClient(packet, reception);
    const decision = decideReply(client, facts, target, 0);
    if (decision.kind !== 'offer') throw new Error(`${decision.kind} instead of an offer`);
    return encodePacket(buildReply({ request: packet, client, facts, decision }), client.maxReplyBytes);
  };
  const bytes = pxePackets().discover(FIRST_SYSTEM_MAC, 1);
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
