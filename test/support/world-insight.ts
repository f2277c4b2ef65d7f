import { type InsightParts, openInsight } from '../../server/insight.ts';
import type { Ipv4 } from '../../src/domain/network/ipv4.ts';

/** What lets people see into the installs of a world whose only interface is lan0. */
export function worldInsight(
  parts: Omit<InsightParts, 'dhcp' | 'otherServers' | 'interfaces'>,
  ownAddresses: () => readonly Ipv4[],
): ReturnType<typeof openInsight> {
  return openInsight({
    ...parts,
    dhcp: { httpPort: 80, ownAddresses },
    otherServers: { list: () => [] },
    interfaces: () => [
      { name: 'lan0', addresses: ownAddresses().map((address) => ({ address, prefix: 24 })) },
    ],
  });
}
