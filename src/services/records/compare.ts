import { type Change, changesBetween } from '../../domain/records/record-changes.ts';
import { withoutDefaults } from '../../domain/records/without-defaults.ts';
import type { RecordKind, Stamped } from './record-kind.ts';

type Fields = Record<string, unknown>;
type Secrets = Readonly<Record<string, string>>;
type Shaped<Rec extends Stamped, Input extends { name: string }> = Pick<
  RecordKind<Rec, Input, never>,
  'schema' | 'secretPaths' | 'editable' | 'settled'
>;

/** What an input would change of a record that has these secrets; empty: it says what is there already. */
export function changesTo<Rec extends Stamped, Input extends { name: string }>(
  kind: Shaped<Rec, Input>,
  record: Rec,
  input: Input,
  secrets: Secrets,
): Change[] {
  const before = shapeOf(kind, kind.editable(record));
  const after = shapeOf(kind, kind.settled(input, record));
  return masked(kind, before, after, secrets);
}

/**
 * What has been changed by `input`, or by the removal where there is none. Of a record that was added every field that is
 * not as usual. A secret is only told as `set` or `changed`.
 */
export function changesMade<Rec extends Stamped, Input extends { name: string }>(
  kind: Shaped<Rec, Input>,
  { before, after }: { readonly before: Rec | undefined; readonly after: Rec | undefined },
  input: object | undefined,
  secrets: Secrets,
): Change[] {
  const was = before === undefined ? {} : shapeOf(kind, kind.editable(before));
  const is = after === undefined ? {} : shapeOf(kind, kind.editable(after));
  if (after !== undefined)
    for (const path of kind.secretPaths) {
      const [field, given] = placeOf(path, input as Fields | undefined);
      const [, place] = placeOf(path, is);
      if (place !== undefined) place[field] = given?.[field];
    }
  const shown = before === undefined ? (withoutDefaults(kind.schema, is) as Fields) : is;
  return masked(kind, was, shown, secrets);
}

/** Does the input name a secret, so that what is on record has to be opened to compare? */
export function namesSecret(paths: readonly string[], input: object): boolean {
  return paths.some((path) => {
    const [field, place] = placeOf(path, input as Fields);
    return place?.[field] !== undefined;
  });
}

/** Paths of the secrets that an input sets or takes away. */
export function givenSecrets(paths: readonly string[], input: object): string[] {
  return paths.filter((path) => namesSecret([path], input));
}

/** A deep copy of the fields that the schema knows. */
function shapeOf({ schema }: { readonly schema: { readonly shape: object } }, value: object): Fields {
  const known = Object.keys(schema.shape).map((key) => [key, (value as Fields)[key]]);
  return structuredClone(Object.fromEntries(known));
}

function masked(
  { secretPaths }: { readonly secretPaths: readonly string[] },
  before: Fields,
  after: Fields,
  secrets: Secrets,
): Change[] {
  for (const path of secretPaths) mask(path, before, after, secrets[path]);
  return changesBetween(before, after);
}

/** Puts words in the place of a secret: `set`, or `changed` where the other one is set already. Absent means kept. */
function mask(path: string, before: Fields, after: Fields, secret: string | undefined): void {
  const [field, old] = placeOf(path, before);
  const [, next] = placeOf(path, after);
  const given = next?.[field];
  if (old !== undefined && secret !== undefined) old[field] = 'set';
  if (next === undefined || given === null) return;
  if (given === undefined) next[field] = secret === undefined ? undefined : 'set';
  else next[field] = secret === undefined || secret === given ? 'set' : 'changed';
}

/** The last name of a path, and the object in which it stands, if there is one. */
function placeOf(path: string, value: Fields | undefined): [string, Fields | undefined] {
  const keys = path.split('.');
  const field = keys.pop() ?? '';
  let at: unknown = value;
  for (const key of keys) at = (at as Fields | null | undefined)?.[key];
  return [field, typeof at === 'object' && at !== null ? (at as Fields) : undefined];
}
