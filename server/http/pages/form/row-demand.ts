import { type FormValues, type Reading, rowsOf } from './form-values.ts';
import { type Field, leavesOf } from './schema-fields.ts';

/**
 * What a button within the form asks for beside sending it, done to what was typed: `add:interfaces` (one more entry),
 * `drop:interfaces.1`, `take:interfaces.0.ip=10.0.0.12` (a value that was offered),
 * `keep` (nothing: it is shown as it is). Undefined: the form is sent.
 */
export function withDemand(
  fields: readonly Field[],
  values: FormValues,
  demand: string | undefined,
  reading: Reading,
): FormValues | undefined {
  if (demand === 'keep') return values;
  const [, verb, rest = ''] = /^(add|drop|take):(.{1,200})$/.exec(demand ?? '') ?? [];
  if (verb === 'add') return added(fields, values, rest, reading);
  if (verb === 'drop') return without(values, rest);
  if (verb !== 'take') return undefined;
  const [path = '', ...text] = rest.split('=');
  return Object.hasOwn(values, path) ? { ...values, [path]: text.join('=') } : values;
}

function added(fields: readonly Field[], values: FormValues, path: string, reading: Reading): FormValues {
  const list = fields.find((field) => field.type === 'list' && field.path === path);
  if (list?.type !== 'list') return values;
  const rows = rowsOf(list, path, values);
  if (rows.length >= list.most) return values;
  const row = (rows.at(-1) ?? -1) + 1;
  const fresh = leavesOf(list.fields).map((leaf) => {
    const text = reading.prefillOf(leaf)?.replace('#', String(row));
    return [`${path}.${row}.${leaf.key}`, text ?? ''];
  });
  return { ...values, ...Object.fromEntries(fresh) };
}

function without(values: FormValues, entry: string): FormValues {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !key.startsWith(`${entry}.`)));
}
