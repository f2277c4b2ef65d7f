import type { BmcInfo } from '../domain/power/bmc-driver.ts';
import { bmcText } from './bmc-text.ts';
import { readMembers, referencesOf } from './collection.ts';
import type { Exchange, Fetched } from './exchange.ts';
import type { Quirks } from './quirks.ts';
import { linkAt, objectsAt, type Resource, textAt } from './resource.ts';

/** Most network interfaces of a BMC that are asked for its address: its own, shared, USB to the host. */
const MOST_INTERFACES = 8;

/** Vendor, model and serial number of the system; firmware and LAN side of its BMC. */
export async function readInfo(
  exchange: Exchange,
  root: Resource,
  system: Fetched,
  quirks: Quirks,
  address: string,
  signal: AbortSignal,
): Promise<BmcInfo> {
  const manager = await findManager(exchange, root, system, signal);
  const { resource } = system;
  return {
    vendor: shown(textAt(resource, 'Manufacturer')),
    model: shown(textAt(resource, 'Model')),
    serial: shown(textAt(resource, quirks.serial) ?? textAt(resource, 'SerialNumber')),
    firmwareVersion: shown(manager === null ? null : textAt(manager.resource, 'FirmwareVersion')),
    lan: manager === null ? null : await readLan(exchange, manager.resource, address, signal),
  };
}

const shown = (text: string | null): string | null => (text === null ? null : bmcText(text));

/** The manager of the system: the one that it names, else the first that there is. */
export async function findManager(
  exchange: Exchange,
  root: Resource,
  system: Fetched,
  signal: AbortSignal,
): Promise<Fetched | null> {
  const [named] = referencesOf(objectsAt(system.resource, 'Links', 'ManagedBy'));
  if (named !== undefined) return exchange.find(named, signal);
  const all = linkAt(root, 'Managers');
  const [first] = all === null ? [] : referencesOf(await readMembers(exchange, all, 1, signal));
  return first === undefined ? null : exchange.find(first, signal);
}

/** The interface that has the address by which we ask; behind a translation of addresses, the first that has any. */
async function readLan(
  exchange: Exchange,
  manager: Resource,
  address: string,
  signal: AbortSignal,
): Promise<BmcInfo['lan']> {
  const collection = linkAt(manager, 'EthernetInterfaces');
  if (collection === null || (await exchange.find(collection, signal)) === null) return null;
  const references = referencesOf(await readMembers(exchange, collection, MOST_INTERFACES, signal));
  let first: BmcInfo['lan'] = null;
  for (const reference of references.slice(0, MOST_INTERFACES)) {
    const found = await exchange.find(reference, signal);
    if (found === null) continue;
    const lans = lansOf(found.resource);
    const ours = lans.find((lan) => lan?.address === address);
    if (ours !== undefined) return ours;
    first ??= lans[0] ?? null;
  }
  return first;
}

function lansOf(nic: Resource): BmcInfo['lan'][] {
  const mac = textAt(nic, 'MACAddress') ?? textAt(nic, 'PermanentMACAddress');
  return objectsAt(nic, 'IPv4Addresses').flatMap((entry) => {
    const address = textAt(entry, 'Address');
    if (address === null || address === '0.0.0.0') return [];
    return [{ address: bmcText(address), mac: mac === null ? null : bmcText(mac).toLowerCase() }];
  });
}
