import { sql } from 'kysely';

/** The small conversions that every query shares: what SQLite keeps as text and numbers, as the records say it. */

/** Ids of some rows; undefined: of all. */
export type Ids = readonly number[] | undefined;

/** The ids as a set that a column can be in; the same statement however many there are. */
export function anyOf(ids: readonly number[]) {
  return sql<number>`(select value from json_each(${JSON.stringify(ids)}))`;
}

/** RFC 3339 text of a time in milliseconds. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString();
}

/** A JSON column that this service wrote itself: a list of strings. */
export function textList(json: string): string[] {
  return JSON.parse(json) as string[];
}

/** First revision, and both stamps, of a new row. */
export function newStamps(nowMs: number) {
  return { revision: 1, created_at: nowMs, updated_at: nowMs };
}

/** The stamps as a record shows them. */
export function stampsOf(row: { id: number; revision: number; created_at: number; updated_at: number }) {
  return {
    id: row.id,
    revision: row.revision,
    createdAt: timeText(row.created_at),
    updatedAt: timeText(row.updated_at),
  };
}
