import type { BmcTarget } from '../domain/power/bmc-driver.ts';
import { BmcError } from '../domain/power/bmc-error.ts';
import { bmcText } from './bmc-text.ts';
import { readMembers, referencesOf } from './collection.ts';
import type { Exchange } from './exchange.ts';
import { linkAt, type Resource } from './resource.ts';

/** Largest chassis: a rack of blades. */
const MOST_SYSTEMS = 1000;

/** `/redfish/v1/Systems/1/` -> `1` */
export function idOf(reference: string): string {
  const last = reference.replace(/\/+$/, '').split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** The one ComputerSystem that the BMC manages, or the one whose id the record names. */
export async function findSystem(
  exchange: Exchange,
  root: Resource,
  target: BmcTarget,
  signal: AbortSignal,
): Promise<string> {
  const systems = linkAt(root, 'Systems');
  if (systems === null) throw new BmcError('unsupported', 'manages no system by Redfish');
  const paths = referencesOf(await readMembers(exchange, systems, MOST_SYSTEMS, signal)).map((reference) =>
    exchange.path(reference),
  );
  const ids = paths.slice(0, 20).map(idOf).map(bmcText).join(', ');
  const node = target.node;
  if (node !== null) {
    const named = paths.find((path) => idOf(path) === node);
    if (named !== undefined) return named;
    throw new BmcError('unsupported', `manages no system '${node}'; it has ${ids || 'none'}`);
  }
  const [only, ...others] = paths;
  if (only === undefined) throw new BmcError('unsupported', 'manages no system by Redfish');
  if (others.length === 0) return only;
  throw new BmcError(
    'unsupported',
    `manages several systems (${ids}); name one: provision system edit ${target.system} --bmc-node ID`,
  );
}
