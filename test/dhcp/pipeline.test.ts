import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildReply } from '../../src/dhcp/build-reply.ts';
import { describeClient } from '../../src/dhcp/client.ts';
import { chooseDestination } from '../../src/dhcp/destination.ts';
import { type DhcpPacket, decodePacket, encodePacket } from '../../src/dhcp/packet.ts';
import { MalformedPacket, UnencodablePacket } from '../../src/dhcp/packet-errors.ts';
import { decideReply } from '../../src/dhcp/reply.ts';
import { formatPacket } from '../../src/dhcp/summary.ts';
import { ip, packetFixtureNames, readPacketFixture } from '../support/dhcp-packets.ts';
import { factsOf, LOADER, NOW_MS, RECEPTION } from '../support/dhcp-world.ts';

/** Answers a packet as the service would; true if a reply came out. */
function answer(request: DhcpPacket): boolean {
  const client = describeClient(request, RECEPTION);
  const facts = factsOf({ candidate: ip('10.99.0.150') });
  const decision = decideReply(client, facts, LOADER, NOW_MS);
  expect(formatPacket(request)).not.toBe('');
  expect(decision.reason).not.toBe('');
  if (decision.kind === 'silent' || decision.kind === 'release' || decision.kind === 'decline') return false;
  const reply = buildReply({ request, client, facts, decision });
  const bytes = encodePacket(reply, client.maxReplyBytes);
  expect(bytes.length).toBeLessThanOrEqual(client.maxReplyBytes);
  expect(encodePacket(decodePacket(bytes)).equals(bytes)).toBe(true);
  expect([reply.op, reply.xid, reply.giaddr]).toEqual([2, request.xid, request.giaddr]);
  expect(reply.chaddr.equals(request.chaddr)).toBe(true);
  expect(reply.options.get(82)).toEqual(request.options.get(82));
  chooseDestination(request, decision.kind, reply.yiaddr);
  return true;
}

test('no packet that decodes can break its answer', () => {
  const fixtures = packetFixtureNames().map(readPacketFixture);
  const mutation = fc.record({ at: fc.nat(2000), value: fc.nat(255) });
  let answered = 0;
  fc.assert(
    fc.property(fc.constantFrom(...fixtures), fc.array(mutation, { maxLength: 6 }), (fixture, mutations) => {
      const bytes = Buffer.from(fixture);
      for (const { at, value } of mutations) bytes[at % bytes.length] = value;
      try {
        if (answer(decodePacket(bytes))) answered += 1;
      } catch (error) {
        // What it echoes may be too long for a client that takes little; that is an error on purpose.
        const isTooLong = error instanceof UnencodablePacket && error.code === 'packet-too-long';
        if (!(error instanceof MalformedPacket) && !isTooLong) throw error;
      }
    }),
    { seed: 20260804, numRuns: 2000 },
  );
  expect(answered).toBeGreaterThan(400);
});
