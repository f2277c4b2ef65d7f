/** One field that differs; `path` is dotted (`interfaces.0.ip`). What is not there is null. */
export interface Change {
  readonly path: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** What would come of a change of one record, by `dryRun=1`. */
export interface DryRun<Rec> {
  readonly dryRun: true;
  readonly action: 'added' | 'updated' | 'unchanged' | 'removed';
  /** Null: it would be added. */
  readonly before: Rec | null;
  /** Null: it would be removed. */
  readonly after: Rec | null;
  /** A secret is only said to be `set` or `changed`. */
  readonly changes: readonly Change[];
}

/**
 * What has to change to make `before` into `after`, field by field, in the order of `after`. Objects are compared by their
 * fields and lists of objects by their places; a list of plain values is one value, as is whatever came or went whole.
 */
export function changesBetween(before: unknown, after: unknown, path = ''): Change[] {
  if (isSame(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    const keys = new Set([...Object.keys(after), ...Object.keys(before)]);
    return [...keys].flatMap((key) => changesBetween(before[key], after[key], joined(path, key)));
  }
  if (isListOfObjects(before) && isListOfObjects(after)) {
    const longer = before.length > after.length ? before : after;
    return longer.flatMap((_, index) =>
      changesBetween(before[index], after[index], joined(path, String(index))),
    );
  }
  return [{ path, from: before ?? null, to: after ?? null }];
}

/** The same JSON, whatever the order of fields. A field that is undefined or null is as one that is not there. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a == null || b == null) return a == null && b == null;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  if (!isObject(a) || !isObject(b)) return a === b;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => isSame(a[key], b[key]));
}

function joined(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOfObjects(value: unknown): value is unknown[] {
  return Array.isArray(value) && value.length > 0 && value.every(isObject);
}
