import { invalid } from '../../domain/errors.ts';
import {
  formatCursor,
  type Page,
  type PagePlace,
  parseCursor,
  type RecordQuery,
} from '../../domain/records/record-query.ts';
import type { Stamped } from './record-kind.ts';

/** What records are sorted by. */
interface Sortable extends Stamped {
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The place behind which a page begins; null: at the beginning. Throws DomainError 'invalid' for what is no cursor of this list. */
export function placeAfter({
  cursor,
  sort,
}: {
  cursor?: string | undefined;
  sort: string;
}): PagePlace | null {
  if (cursor === undefined) return null;
  const place = parseCursor(sort, cursor);
  if (place !== undefined) return place;
  const message = 'is not the next of a page of this list in this order; begin again without it';
  throw invalid([{ path: 'cursor', message }]);
}

/** Where a page ends, as its `next`. */
export function cursorOf(
  sort: string,
  last: { readonly id: number } | undefined,
  value: unknown,
): string | null {
  if (last === undefined || (typeof value !== 'string' && typeof value !== 'number')) return null;
  return formatCursor(sort, { value, id: last.id });
}

/** One page of records of which there are never so many that they would not all be read. */
export function pageOf<Rec extends Sortable>(records: readonly Rec[], query: RecordQuery): Page<Rec> {
  const { sort, limit, changedSince, name, search } = query;
  const field = sort.replace('-', '') as 'name' | 'createdAt' | 'updatedAt';
  const sign = sort.startsWith('-') ? -1 : 1;
  const order = (a: PagePlace, b: PagePlace) =>
    sign * (a.value === b.value ? a.id - b.id : a.value < b.value ? -1 : 1);
  const placeOf = (record: Rec): PagePlace => ({ value: record[field], id: record.id });
  const fitting = records
    .filter(
      (record) =>
        (changedSince === undefined || Date.parse(record.updatedAt) >= changedSince) &&
        (name === undefined || isLike(record.name, name)) &&
        (search === undefined || isLike(record.name, `*${search}*`)),
    )
    .sort((a, b) => order(placeOf(a), placeOf(b)));
  const after = placeAfter(query);
  const behind = after === null ? fitting : fitting.filter((record) => order(placeOf(record), after) > 0);
  const items = behind.slice(0, limit);
  const last = items.at(-1);
  const next = behind.length > limit ? cursorOf(sort, last, last?.[field]) : null;
  return { items, next, total: fitting.length };
}

function isLike(text: string, glob: string): boolean {
  const pattern = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${pattern}$`, 'iu').test(text);
}

/** Fields that are named apart from where they stand: of the interface that a machine boots from. */
const SHORT_NAMES: Readonly<Record<string, string>> = { ip: 'interfaces.0.ip', mac: 'interfaces.0.mac' };

/** Only these fields of records, by their names or dotted paths. Throws DomainError 'invalid' for one that is not there. */
export function onlyFields(records: readonly object[], fields: readonly string[]): object[] {
  const [first] = records;
  const unknown = fields.filter((field) => first !== undefined && !isFieldOf(first, field));
  if (unknown.length > 0)
    throw invalid(unknown.map((field) => ({ path: 'fields', message: `there is no field ${field}` })));
  return records.map((record) => Object.fromEntries(fields.map((field) => [field, valueAt(record, field)])));
}

function isFieldOf(record: object, field: string): boolean {
  const [first = ''] = pathOf(field);
  return Object.hasOwn(record, first);
}

function pathOf(field: string): string[] {
  return (SHORT_NAMES[field] ?? field).split('.');
}

function valueAt(record: object, field: string): unknown {
  let at: unknown = record;
  for (const key of pathOf(field)) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return null;
    at = (at as Record<string, unknown>)[key];
  }
  return at ?? null;
}
