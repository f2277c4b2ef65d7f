import { BmcError } from '../domain/power/bmc-error.ts';
import type { Exchange, Fetched } from './exchange.ts';
import { objectsAt, type Resource, textAt, textsAt, valueAt } from './resource.ts';

/**
 * The change that lights or darkens the locator of a system or a chassis; undefined where it has none.
 * LocationIndicatorActive is the newer of the two, and where both are, the other is for reading only.
 */
export function indicatorChange(resource: Resource, lit: boolean): Resource | undefined {
  if (typeof valueAt(resource, 'LocationIndicatorActive') === 'boolean')
    return { LocationIndicatorActive: lit };
  if (textAt(resource, 'IndicatorLED') === null) return undefined;
  if (!lit) return { IndicatorLED: 'Off' };
  const allowed = textsAt(resource, 'IndicatorLED@Redfish.AllowableValues');
  return { IndicatorLED: ['Blinking', 'Lit'].find((state) => allowed?.includes(state) ?? true) ?? 'Lit' };
}

/** Lights or darkens the locator of the system, else of the chassis that it is in. Redfish knows no time for it. */
export async function setIndicator(
  exchange: Exchange,
  system: Fetched,
  lit: boolean,
  signal: AbortSignal,
): Promise<void> {
  const change = indicatorChange(system.resource, lit);
  if (change !== undefined) {
    await exchange.patch(system, change, signal);
    return;
  }
  const [first] = chassisOf(system);
  const chassis = first === undefined ? null : await exchange.find(first, signal);
  const ofChassis = chassis === null ? undefined : indicatorChange(chassis.resource, lit);
  if (chassis === null || ofChassis === undefined) throw new BmcError('unsupported', 'has no locator light');
  await exchange.patch(chassis, ofChassis, signal);
}

/** References to the chassis that the system is in. */
export function chassisOf(system: Fetched): string[] {
  return objectsAt(system.resource, 'Links', 'Chassis')
    .map((item) => textAt(item, '@odata.id'))
    .filter((reference) => reference !== null);
}
