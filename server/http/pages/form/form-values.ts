import type { Field, Group, Leaf, List } from './schema-fields.ts';

/** What stands in a form, by dotted path (`interfaces.0.mac`); a box that is ticked is `on`. */
export type FormValues = Readonly<Record<string, string>>;

/** What a form says of one leaf beside its schema. */
export interface Reading {
  /** Never shown again; left empty it stays as it is. */
  readonly isSecret: (leaf: Leaf) => boolean;
  /** Filled in for a new entry of a list (`#` is its number), so that it alone says nothing. */
  readonly prefillOf: (leaf: Leaf) => string | undefined;
}

/** Beside a secret: the box that takes it away. */
export const CLEAR = '#clear';

/** The body that the API would be sent. What was typed and makes no sense is handed on: the schema has the words for it. */
export function bodyOf(
  fields: readonly Field[],
  values: FormValues,
  reading: Reading,
): Record<string, unknown> {
  return groupBody(fields, '', values, reading);
}

function groupBody(
  fields: readonly Field[],
  prefix: string,
  values: FormValues,
  reading: Reading,
): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const field of fields) {
    const at = `${prefix}${field.key}`;
    const value =
      field.type === 'leaf'
        ? leafValue(field, at, values, reading)
        : field.type === 'list'
          ? rowsOf(field, at, values).map((row) => groupBody(field.fields, `${at}.${row}.`, values, reading))
          : groupValue(field, at, values, reading);
    if (value !== undefined) body[field.key] = value;
  }
  return body;
}

function groupValue(group: Group, at: string, values: FormValues, reading: Reading): unknown {
  if (group.nullable && isBlank(group.fields, `${at}.`, values, reading)) return null;
  return groupBody(group.fields, `${at}.`, values, reading);
}

function leafValue(leaf: Leaf, at: string, values: FormValues, reading: Reading): unknown {
  const text = values[at] ?? '';
  if (leaf.kind === 'flag') return text === 'on';
  if (leaf.kind === 'yes-no') return text === '' ? null : text === 'yes';
  if (leaf.kind === 'ways') return wordsOf(text).map(wayOf);
  if (reading.isSecret(leaf)) return secretValue(text, values[`${at}${CLEAR}`]);
  if (text.trim() === '') return emptyValue(leaf);
  if (leaf.kind === 'lines') return wordsOf(text);
  if (leaf.kind === 'pairs') return pairsOf(text);
  if (leaf.kind === 'text') return text.trim();
  const isNumber = leaf.kind === 'number' || leaf.choices.some((choice) => typeof choice === 'number');
  return isNumber && /^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text;
}

function secretValue(text: string, clear: string | undefined): string | null | undefined {
  if (text !== '') return text;
  return clear === 'on' ? null : undefined;
}

function emptyValue({ nullable, optional, fallback, kind }: Leaf): unknown {
  if (nullable) return null;
  if (optional) return undefined;
  return fallback ?? (kind === 'text' ? '' : undefined);
}

/** One a line; blank lines mean nothing. */
function wordsOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** `NAME=TEXT`, one a line. */
function pairsOf(text: string): Record<string, string> {
  return Object.fromEntries(
    wordsOf(text).map((line) => {
      const [name = '', ...rest] = line.split('=');
      return [name.trim(), rest.join('=').trim()];
    }),
  );
}

/** The numbers of the entries that a list has in the form, in their order. */
export function rowsOf(list: List, at: string, values: FormValues): number[] {
  const rows = new Set<number>();
  for (const key of Object.keys(values)) {
    const row = key.startsWith(`${at}.`) ? /^\d{1,3}(?=\.)/.exec(key.slice(at.length + 1))?.[0] : undefined;
    if (row !== undefined) rows.add(Number(row));
  }
  return [...rows].sort((a, b) => a - b).slice(0, list.most);
}

/** The form without the entries of lists that say nothing, the others numbered anew. */
export function compacted(fields: readonly Field[], values: FormValues, reading: Reading): FormValues {
  const kept: Record<string, string> = { ...values };
  for (const field of fields) {
    if (field.type === 'leaf') continue;
    const at = field.path;
    if (field.type === 'group') continue;
    for (const key of Object.keys(kept)) if (key.startsWith(`${at}.`)) delete kept[key];
    const said = rowsOf(field, at, values).filter(
      (row) => !isBlank(field.fields, `${at}.${row}.`, values, reading),
    );
    for (const [index, row] of said.entries())
      for (const [key, value] of Object.entries(values))
        if (key.startsWith(`${at}.${row}.`))
          kept[`${at}.${index}.${key.slice(`${at}.${row}.`.length)}`] = value;
  }
  return kept;
}

function isBlank(fields: readonly Field[], prefix: string, values: FormValues, reading: Reading): boolean {
  return fields.every((field) => {
    if (field.type !== 'leaf') return true;
    const text = (values[`${prefix}${field.key}`] ?? '').trim();
    if (reading.prefillOf(field) !== undefined || text === '') return true;
    return field.kind !== 'flag' && text === textOf(field, field.fallback);
  });
}

/** A record as it stands in a form. Secrets are in no record. */
export function valuesOf(fields: readonly Field[], record: object): FormValues {
  const values: Record<string, string> = {};
  const walk = (inner: readonly Field[], from: object | null | undefined, prefix: string): void => {
    for (const field of inner) {
      const value = (from as Record<string, unknown> | null | undefined)?.[field.key];
      const at = `${prefix}${field.key}`;
      if (field.type === 'leaf') values[at] = textOf(field, value === undefined ? field.fallback : value);
      else if (field.type === 'group') walk(field.fields, value as object | null, `${at}.`);
      else
        for (const [row, item] of ((value ?? []) as object[]).entries())
          walk(field.fields, item, `${at}.${row}.`);
    }
  };
  walk(fields, record, '');
  return values;
}

/** `10.20.0.0/16 via 10.0.0.254`. */
function wayOf(line: string): { to: string; via: string } {
  const [to = '', via = ''] = line.split(/\s+(?:via\s+)?/);
  return { to, via };
}

/** One value as a person writes it. */
export function textOf({ kind }: Leaf, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (kind === 'flag') return value === true ? 'on' : '';
  if (kind === 'yes-no') return value === true ? 'yes' : 'no';
  if (kind === 'ways')
    return (value as readonly { to: string; via: string }[])
      .map(({ to, via }) => `${to} via ${via}`)
      .join('\n');
  if (kind === 'lines') return (value as readonly string[]).join('\n');
  if (kind === 'pairs')
    return Object.entries(value as Record<string, string>)
      .map(([name, text]) => `${name}=${text}`)
      .join('\n');
  return String(value);
}
