import { BmcError } from '../domain/power/bmc-error.ts';
import type { Exchange, Fetched } from './exchange.ts';
import { objectsAt, type Resource, textAt, valueAt } from './resource.ts';

const MOST_PAGES = 50;

/**
 * The members of a resource collection, all pages of it, DSP0266 §9.7: references (`{"@odata.id"}`), or whole resources
 * where the BMC expands them. Stops after the page that reaches `most`. A list that leads back into itself, or on for more
 * than 50 pages, is `malformed`.
 */
export async function readMembers(
  exchange: Exchange,
  collection: string,
  most: number,
  signal: AbortSignal,
): Promise<Resource[]> {
  const members: Resource[] = [];
  const seen = new Set<string>();
  let next: string | null = collection;
  while (next !== null && members.length < most) {
    const page: Fetched = await exchange.get(next, signal);
    if (seen.has(page.path)) throw new BmcError('malformed', `lists ${page.path} in circles`);
    seen.add(page.path);
    if (seen.size > MOST_PAGES) throw new BmcError('malformed', `lists ${collection} without an end`);
    if (!Array.isArray(valueAt(page.resource, 'Members')))
      throw new BmcError('malformed', `answered GET ${page.path} with a list without Members`);
    members.push(...objectsAt(page.resource, 'Members'));
    const link = textAt(page.resource, 'Members@odata.nextLink');
    next = link === null ? null : exchange.path(link);
  }
  return members;
}

/** References to the members; a member without one is left out, as nothing can be asked of it. */
export function referencesOf(members: readonly Resource[]): string[] {
  return members.map((member) => textAt(member, '@odata.id')).filter((reference) => reference !== null);
}

/** Is the member here as a whole, and not only by reference? */
export function isExpanded(member: Resource): boolean {
  return Object.keys(member).some((name) => !name.startsWith('@odata.'));
}
