import { keysOf } from '../../domain/network/binding-key.ts';
import { formatIpv4, ipv4FromNumber } from '../../domain/network/ipv4.ts';
import type { SystemInterface } from '../../domain/network/network-interface.ts';
import type { StoredHandoff } from '../../store/interfaces/handoff-store.ts';
import type { Store } from '../../store/interfaces/store.ts';
import type { HandoffTarget } from './driver.ts';

const FIRST_ADDRESS = ipv4FromNumber(0);
const LAST_ADDRESS = ipv4FromNumber(0xffff_ffff);

/** Where the machine of a run is now (an empty text: nowhere that is known), and the host keys that it reported. */
export async function locateSystem(
  { read, dhcp }: Store,
  { systemId, handoff }: StoredHandoff,
  nowMs: number,
): Promise<Pick<HandoffTarget, 'address' | 'hostKeys'>> {
  const leased = (item: SystemInterface): string | undefined => {
    const { mac, clientKey, circuitKey } = keysOf(item);
    for (const key of [mac, clientKey, circuitKey]) {
      const lease = key === null ? undefined : dhcp.findLease(key, FIRST_ADDRESS, LAST_ADDRESS);
      if (lease?.state === 'bound' && lease.expiresAtMs > nowMs) return formatIpv4(lease.ip);
    }
    return undefined;
  };
  const interfaces = (await read.systems.findById(systemId))?.system.interfaces ?? [];
  const address = interfaces.map((item) => item.ip ?? leased(item)).find((ip) => ip !== undefined) ?? '';
  if (handoff.install === null) return { address, hostKeys: await read.handoffs.findHostKeys(systemId) };
  return { address, hostKeys: (await read.installs.findById(handoff.install))?.install.hostKeys ?? [] };
}
