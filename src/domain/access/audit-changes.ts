import { type Change, isSame } from '../records/record-changes.ts';
import type { AuditFields } from './audit.ts';

/**
 * What an audit row says has changed, value by value: `interfaces.eth0.ip`. Items of a list that have names are compared by
 * these, and told with them; whether they stand in another order is told as well. What came or went is told by the values
 * that it has: nothing is said of what is empty or switched off.
 */
export function auditChanges(before: AuditFields | null, after: AuditFields | null): Change[] {
  const [old, now] = [valuesOf(before ?? {}), valuesOf(after ?? {})];
  return [...new Set([...now.keys(), ...old.keys()])].flatMap((path): Change[] => {
    const [from, to] = [old.get(path) ?? null, now.get(path) ?? null];
    const saysNothing = (from === null && to === false) || (to === null && from === false);
    // Items that came or went are told by themselves.
    const isNoOrder = path.endsWith(ORDER) && !isSame(sorted(from), sorted(to));
    return saysNothing || isNoOrder || isSame(from, to) ? [] : [{ path, from, to }];
  });
}

const ORDER = ' (order)';

function sorted(names: unknown): unknown {
  return Array.isArray(names) ? names.toSorted() : names;
}

/** Every value that is not empty, by its path. */
function valuesOf(fields: object): Map<string, unknown> {
  const found = new Map<string, unknown>();
  const visit = (value: unknown, path: string): void => {
    if (value === null || value === undefined || value === '') return;
    if (typeof value !== 'object') found.set(path, value);
    else if (!Array.isArray(value)) {
      for (const [key, member] of Object.entries(value)) visit(member, path === '' ? key : `${path}.${key}`);
    } else if (!value.some((item) => typeof item === 'object')) {
      if (value.length > 0) found.set(path, value);
    } else {
      const names = namesOf(value);
      value.forEach((item, index) => {
        const { name: _name, ...rest } = item as { readonly name?: unknown };
        visit(names === undefined ? item : rest, `${path}.${names?.[index] ?? index}`);
      });
      if (names !== undefined) found.set(`${path}${ORDER}`, names);
    }
  };
  visit(fields, '');
  return found;
}

/** The names of items that each have one of their own. */
function namesOf(items: readonly unknown[]): string[] | undefined {
  const names = items.flatMap((item) => {
    const name = (item as { readonly name?: unknown } | null)?.name;
    return typeof name === 'string' ? [name] : [];
  });
  return new Set(names).size === items.length ? names : undefined;
}
