import { buildReply } from '../../src/dhcp/build-reply.ts';
import { type DhcpClient, describeClient } from '../../src/dhcp/client.ts';
import type { Decision } from '../../src/dhcp/decision.ts';
import type { BootTarget, DhcpFacts } from '../../src/dhcp/facts.ts';
import { type DhcpPacket, decodePacket, encodePacket } from '../../src/dhcp/packet.ts';
import { decideReply } from '../../src/dhcp/reply.ts';
import { parseNetwork } from '../../src/domain/network/ipv4.ts';
import { ip, readPacketFixture } from './dhcp-packets.ts';
import { factsOf, NOW_MS, RECEPTION, SUBNET } from './dhcp-world.ts';
import { must } from './must.ts';

export const RESERVATION = { system: 'web001', hostname: 'web001', ip: ip('10.99.0.20') };
export const RELAYED_SUBNET = {
  ...SUBNET,
  id: 'relayed',
  network: must(parseNetwork('10.20.0.0/24'), 'network'),
  gateway: ip('10.20.0.254'),
  ranges: [{ first: ip('10.20.0.100'), last: ip('10.20.0.199') }],
};

export interface Exchange {
  readonly decision: Decision;
  readonly request: DhcpPacket;
  readonly client: DhcpClient;
  /** As the client sees it: encoded for its size and decoded again. */
  readonly reply: DhcpPacket | undefined;
  readonly bytes: Buffer | undefined;
}

/** One packet through the whole of src/dhcp. */
export function exchange(request: DhcpPacket, facts: DhcpFacts, target: BootTarget): Exchange {
  const client = describeClient(request, RECEPTION);
  const decision = decideReply(client, facts, target, NOW_MS);
  if (decision.kind === 'silent' || decision.kind === 'release' || decision.kind === 'decline')
    return { decision, request, client, reply: undefined, bytes: undefined };
  const bytes = encodePacket(buildReply({ request, client, facts, decision }), client.maxReplyBytes);
  return { decision, request, client, reply: decodePacket(bytes), bytes };
}

/** The reply to a fixture of an unarmed or armed machine that is reserved 10.99.0.20. */
export function replyTo(name: string, target: BootTarget, facts: Partial<DhcpFacts> = {}): DhcpPacket {
  const request = decodePacket(readPacketFixture(name));
  const { reply, decision } = exchange(request, factsOf({ reservation: RESERVATION, ...facts }), target);
  return must(reply, `a reply to ${name}: ${decision.reason}`);
}

/** An option as text. */
export const text = (packet: DhcpPacket, code: number) => packet.options.get(code)?.toString('latin1');
/** Facts about a machine behind a relay. */
export const RELAYED_FACTS = { subnet: RELAYED_SUBNET, reservation: undefined, candidate: ip('10.20.0.150') };
