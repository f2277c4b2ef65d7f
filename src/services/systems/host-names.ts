import { type HostNames, hostNamesOf } from '../../domain/network/fqdn.ts';
import type { System } from '../../domain/records/system.ts';
import type { StoreTransaction } from '../../store/interfaces/store.ts';

/** The names of a machine, with the domain of its settings, its profile's, or of the subnet that it boots in. */
export async function readHostNames(
  read: StoreTransaction,
  {
    hostname,
    profile,
    settings,
    interfaces,
  }: Pick<System, 'hostname' | 'profile' | 'settings' | 'interfaces'>,
): Promise<HostNames> {
  const subnet = interfaces[0]?.subnet ?? null;
  const domain =
    settings.domain ??
    (await read.profiles.find(profile))?.profile.settings.domain ??
    (subnet === null ? undefined : (await read.subnets.find(subnet))?.domain);
  return hostNamesOf(hostname, domain ?? null);
}
