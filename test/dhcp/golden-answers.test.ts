import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type DhcpClient, describeClient } from '../../src/dhcp/client.ts';
import { chooseDestination } from '../../src/dhcp/destination.ts';
import type { BootTarget } from '../../src/dhcp/facts.ts';
import { decodePacket } from '../../src/dhcp/packet.ts';
import { formatPacket } from '../../src/dhcp/summary.ts';
import { formatIpv4, networkContains } from '../../src/domain/network/ipv4.ts';
import { type Exchange, exchange, RELAYED_FACTS, RELAYED_SUBNET } from '../support/dhcp-exchange.ts';
import { ip, packetFixtureNames, readPacketFixture } from '../support/dhcp-packets.ts';
import { factsOf, RECEPTION } from '../support/dhcp-world.ts';
import { must } from '../support/must.ts';

/** A stand-in for the boot decision, just enough that every kind of answer occurs. */
function goldenTarget(client: DhcpClient): BootTarget {
  const boot = (bootfile: string, httpBoot: boolean): BootTarget => ({
    kind: 'boot',
    action: 'install',
    reason: 'armed',
    nextServer: ip('10.99.0.1'),
    bootfile,
    httpBoot,
  });
  if (client.isIpxe) return boot('http://10.99.0.1/boot.ipxe', false);
  if (client.isHttpClient) return boot('http://10.99.0.1/ipxe.efi', true);
  if (client.isPxe && client.firmware === undefined) return { kind: 'none', reason: 'no loader for it' };
  return boot('ipxe.efi', false);
}

function describeExchange({ decision, request, reply }: Exchange): string[] {
  const lines = [`= ${decision.kind} ${decision.code}: ${decision.reason}`];
  if (decision.kind === 'silent' || decision.kind === 'release' || decision.kind === 'decline') return lines;
  if ('boot' in decision && decision.boot.kind === 'none')
    lines.push(`= no boot, ${decision.boot.code}: ${decision.boot.reason}`);
  const sent = must(reply, 'a reply');
  const to = chooseDestination(request, decision.kind, sent.yiaddr);
  const address = 'ip' in to ? ` ${formatIpv4(to.ip)}` : '';
  return [...lines, `= to ${to.kind}${address} port ${to.port}`, '', `> ${formatPacket(sent)}`];
}

/**
 * The whole answer to every fixture as text, beside it. UPDATE_GOLDEN=1 writes them anew and fails, so that a run that
 * wrote is never taken for one that compared.
 */
describe('golden answers', () => {
  test.each(packetFixtureNames())('%s', (name) => {
    const request = decodePacket(readPacketFixture(name));
    const link = describeClient(request, RECEPTION);
    const isRelayed = networkContains(RELAYED_SUBNET.network, link.linkAddress);
    const facts = isRelayed ? factsOf(RELAYED_FACTS) : factsOf({ candidate: ip('10.99.0.150') });
    const lines = [
      `< ${formatPacket(request)}`,
      '',
      ...describeExchange(exchange(request, facts, goldenTarget(link))),
    ];
    const found = `${lines.join('\n')}\n`;
    const path = fileURLToPath(new URL(`../fixtures/dhcp/${name}.txt`, import.meta.url));
    if (process.env['UPDATE_GOLDEN'] === '1') {
      writeFileSync(path, found);
      throw new Error(`wrote ${name}.txt; read the difference, then run without UPDATE_GOLDEN`);
    }
    expect(found).toBe(readFileSync(path, 'utf8'));
  });
});
