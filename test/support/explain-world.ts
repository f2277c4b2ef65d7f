import { decodePacket } from '../../src/dhcp/packet.ts';
import { formatPacket } from '../../src/dhcp/summary.ts';
import type { ExplainStepName, Explanation, FirmwareKind } from '../../src/domain/install/explanation.ts';
import type { InstallChange } from '../../src/domain/install/install-state.ts';
import { NO_ADDRESS } from '../../src/domain/network/ipv4.ts';
import { type Mac, parseMac } from '../../src/domain/network/mac.ts';
import { dhcpService } from '../../src/services/dhcp/dhcp.ts';
import { encodeProbe, FIRMWARE } from '../../src/services/explain/probe-packet.ts';
import { ip } from './dhcp-packets.ts';
import { must } from './must.ts';
import { addRecords, openServiceWorld, type ServiceWorld } from './service-world.ts';

export const MAC = must(parseMac('52:54:00:00:00:01'), 'a MAC');

/** The service at 10.99.0.5 with web001 at 10.99.0.11, explained and asked. */
export interface ExplainWorld extends ServiceWorld {
  explain(query?: Record<string, string>): Promise<Explanation>;
  /** What the service that answers machines says to this one: its reply in words, undefined is silence. */
  discover(kind: FirmwareKind, isIpxe: boolean, mac?: Mac): Promise<string | undefined>;
  arm(): Promise<void>;
  force(change: InstallChange): Promise<void>;
}

export async function openExplainWorld(): Promise<ExplainWorld> {
  const world = await openServiceWorld();
  await addRecords(world);
  const service = dhcpService(world.deps, world.services.events, world.services.installs, {
    httpPort: 80,
    ownAddresses: () => world.ownAddresses,
  });
  const reception = { interfaceName: 'lan0', serverAddresses: [{ address: ip('10.99.0.5'), prefix: 24 }] };
  const probeOf = (kind: FirmwareKind, isIpxe: boolean, mac: Mac = MAC) => ({
    mac,
    isIpxe,
    firmware: FIRMWARE[kind],
    giaddr: NO_ADDRESS,
  });
  return Object.assign(world, {
    async explain(query: Record<string, string> = {}) {
      const { status, body } = await world.call(
        'GET',
        `/api/v1/explain?${new URLSearchParams({ who: 'web001', ...query })}`,
      );
      if (status !== 200) throw new Error(JSON.stringify(body));
      return body as Explanation;
    },
    async discover(kind: FirmwareKind, isIpxe: boolean, mac?: Mac) {
      const answer = await service.handle(encodeProbe(probeOf(kind, isIpxe, mac)), reception);
      return answer === undefined ? undefined : formatPacket(decodePacket(answer.bytes));
    },
    async arm() {
      const { status, body } = await world.call('POST', '/api/v1/systems/web001/install', {});
      if (status !== 201) throw new Error(JSON.stringify(body));
    },
    async force(change: InstallChange) {
      const { install } = must(await world.store.read.systems.find('web001'), 'web001').system;
      if (install === null) throw new Error('web001 was never armed');
      await world.store.transaction((tx) => tx.installs.update(install.id, change, world.nowMs));
    },
  });
}

export function stepOf({ steps }: Explanation, name: ExplainStepName) {
  return must(
    steps.find((step) => step.name === name),
    `step ${name} of ${steps.map((step) => step.name)}`,
  );
}
