/** The small conversions that every query shares: what SQLite keeps as text and numbers, as the records say it. */

/** RFC 3339 text of a time in milliseconds. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString();
}

/** A JSON column that this service wrote itself: a list, of most records an empty one. */
export function parsedList<T>(json: string): T[] {
  return json === '[]' ? [] : (JSON.parse(json) as T[]);
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
