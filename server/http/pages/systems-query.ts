import { parseMac } from '../../../src/domain/network/mac.ts';
import type { SystemSort } from '../../../src/domain/records/record-query.ts';

/** What narrows the list, by the names that the API has for it. */
const FILTERS = ['search', 'state', 'power', 'role', 'profile', 'locked'] as const;
type Filter = (typeof FILTERS)[number];

/** Orders that the page offers; the first is the usual one. */
export const ORDERS: readonly { readonly sort: SystemSort; readonly label: string }[] = [
  { sort: 'name', label: 'name' },
  { sort: '-name', label: 'name, from the end' },
  { sort: 'hostname', label: 'host name' },
  { sort: 'profile', label: 'profile' },
  { sort: '-updatedAt', label: 'changed last' },
  { sort: '-createdAt', label: 'added last' },
  { sort: 'createdAt', label: 'added first' },
];

/** Systems on one page. */
export const PAGE_SIZE = 100;

/** The list as its address asks for it; what is empty narrows nothing. */
export interface ListQuery {
  readonly filters: Readonly<Record<Filter, string>>;
  readonly sort: SystemSort;
  /** The page that begins behind this place; empty: the first one. */
  readonly cursor: string;
  /** The page that ends before this place, which was found in the order turned round; it wins. */
  readonly before: string;
  /** The number of the first system on the page, as far as whoever made the link knew. */
  readonly at: number;
}

/** Reads the query of the list. Whether it makes sense is judged by who answers it. */
export function parseListQuery(query: Readonly<Record<string, unknown>>): ListQuery {
  const text = (key: string) => (typeof query[key] === 'string' ? (query[key] as string).trim() : '');
  const at = Number(text('at'));
  return {
    filters: Object.fromEntries(FILTERS.map((key) => [key, text(key)])) as Record<Filter, string>,
    sort: ORDERS.find(({ sort }) => sort === text('sort'))?.sort ?? 'name',
    cursor: text('cursor'),
    before: text('before'),
    at: Number.isSafeInteger(at) && at > 0 ? at : 1,
  };
}

/** Is anything looked for? */
export function isNarrowed({ filters }: ListQuery): boolean {
  return Object.values(filters).some((text) => text !== '');
}

/** The same order from its end. */
export function turned(sort: SystemSort): SystemSort {
  return (sort.startsWith('-') ? sort.slice(1) : `-${sort}`) as SystemSort;
}

/** What the service is asked for, as a query of the API. */
export function serviceQuery({ filters, sort, cursor, before }: ListQuery): Record<string, string> {
  // A MAC in another spelling is the one that records have.
  const search = parseMac(filters.search) ?? filters.search;
  const isBack = before !== '';
  return {
    ...given({ ...filters, search, cursor: isBack ? before : cursor }),
    sort: isBack ? turned(sort) : sort,
    limit: String(PAGE_SIZE),
  };
}

/** The address of another page of the same list. */
export function pageHref(
  { filters, sort }: ListQuery,
  place: { readonly cursor: string } | { readonly before: string } | null,
  at: number,
): string {
  const query = { ...filters, sort: sort === 'name' ? '' : sort, ...place, at: at > 1 ? String(at) : '' };
  const text = new URLSearchParams(given(query)).toString();
  return text === '' ? '/systems' : `/systems?${text}`;
}

function given(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}
