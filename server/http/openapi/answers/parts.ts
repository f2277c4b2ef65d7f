import { z } from 'zod';

/** A time as the service writes it: RFC 3339, in UTC. */
export const time = z.string().meta({ format: 'date-time' });
export const timeOrNull = time.nullable();
export const text = z.string();
export const textOrNull = text.nullable();
export const texts = z.array(text);
/** Counts, ids, seconds. */
export const whole = z.int().min(0);
export const wholeOrNull = whole.nullable();
export const flag = z.boolean();

/** A list that is answered whole. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.strictObject({ items: z.array(item) });
}

/** A page of a list. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.strictObject({
    items: z.array(item),
    next: textOrNull.describe('`cursor` of the next page; null: this is the last.'),
    total: whole.describe('How many there are on all pages.'),
  });
}

/** A page of records of which only the fields are shown that `fields` names, by their paths (`power.state`). */
export function pageOfFields(record: z.ZodObject, more: readonly string[] = []) {
  const names = [...Object.keys(record.shape), ...more].join('|');
  return pageOf(z.record(z.string().regex(new RegExp(`^(${names})(\\.[A-Za-z0-9]+)*$`)), z.unknown()));
}

/** The keys of a table as an enumeration. */
export function keysOf<K extends string>(table: Readonly<Record<K, unknown>>) {
  return z.enum(Object.keys(table) as [K, ...K[]]);
}

/** What every record is stamped with. */
export const stamps = {
  id: whole,
  revision: whole.describe('Grows with each change; the ETag.'),
  createdAt: time,
  updatedAt: time,
};
