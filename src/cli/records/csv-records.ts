import { z } from 'zod';
import { nearest } from '../../domain/nearest.ts';
import { subnetInput } from '../../domain/network/subnet.ts';
import { distroInput } from '../../domain/records/distro.ts';
import { profileInput } from '../../domain/records/profile.ts';
import { systemInput } from '../../domain/records/system.ts';
import { LocalError } from '../errors.ts';
import { type CsvRow, readCsv } from './read-csv.ts';
import type { RecordNoun } from './record-nouns.ts';

/** What the columns of a table are: fields of a schema, by their paths (`bmc.user`, `settings.disk`), and short names for some. */
interface Fields {
  readonly schema: z.ZodObject;
  readonly short: Readonly<Record<string, string>>;
  /** A header, as one would write it. */
  readonly example: string;
}

const FIELDS: Readonly<Record<RecordNoun, Fields>> = {
  distro: { schema: distroInput, short: {}, example: 'name,family,version,kernel,initrd,tree' },
  profile: {
    schema: profileInput.extend({ from: z.string().optional() }),
    short: {},
    example: 'name,from,distro,settings.disk',
  },
  subnet: {
    schema: subnetInput,
    short: { dns: 'dnsServers', ntp: 'ntpServers', from: 'ranges.0.from', to: 'ranges.0.to' },
    example: 'name,network,gateway,dns,dhcp,from,to',
  },
  system: {
    schema: systemInput,
    // What every list of machines has.
    short: {
      mac: 'interfaces.0.mac',
      ip: 'interfaces.0.ip',
      subnet: 'interfaces.0.subnet',
      interface: 'interfaces.0.name',
      role: 'roles',
      bmc: 'bmc.address',
    },
    example: 'name,profile,mac,ip,subnet,roles,bmc,bmc.user,comment',
  },
};

/** One record of a table, and where it stands. */
export interface CsvRecord {
  readonly line: number;
  readonly input: Record<string, unknown>;
}

/**
 * Records of one kind of a CSV table whose header names fields. An empty cell says nothing of its field; lists have their values between spaces
 * or semicolons. Throws LocalError with `file:line` and every column that is none.
 */
export function csvRecords(noun: RecordNoun, text: string, file: string): CsvRecord[] {
  const known = FIELDS[noun];
  const [header, ...rows] = readCsv(text, file);
  if (header === undefined)
    throw new LocalError(`${file} is empty`, `its first line names the fields: ${known.example}`);
  const columns = header.fields.map((name) => columnOf(known, name.trim(), `${file}:${header.line}`));
  const twice = columns.find(({ path }, at) => columns.findIndex((one) => one.path === path) !== at);
  if (twice !== undefined)
    throw new LocalError(`${file}:${header.line}: the column ${twice.path} stands there twice`);
  return rows.map((row) => ({ line: row.line, input: recordOf(row, columns, `${file}:${row.line}`) }));
}

interface Column {
  readonly path: string;
  readonly read: (text: string, where: string) => unknown;
}

function columnOf({ schema, short, example }: Fields, name: string, where: string): Column {
  const path = Object.hasOwn(short, name) ? (short[name] ?? name) : name;
  const field = fieldAt(schema, path.split('.'));
  if (field === undefined) {
    const similar = nearest(name, [...Object.keys(short), ...Object.keys(schema.shape)]);
    throw new LocalError(
      `${where}: there is no field '${name}'`,
      similar === undefined ? `columns are fields: ${example}` : `did you mean ${similar}?`,
    );
  }
  return { path, read: readerOf(field, name) };
}

function recordOf({ fields }: CsvRow, columns: readonly Column[], where: string): Record<string, unknown> {
  if (fields.length > columns.length)
    throw new LocalError(
      `${where}: there are ${fields.length} fields, and the header names ${columns.length}`,
    );
  const input: Record<string, unknown> = {};
  for (const [at, { path, read }] of columns.entries()) {
    const text = fields[at]?.trim() ?? '';
    if (text !== '') put(input, path.split('.'), read(text, where));
  }
  return input;
}

/** Sets the value at a path, making objects and lists on the way; the paths are those of the schema. */
function put(target: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  target[key] ??= /^\d+$/.test(rest[0] ?? '') ? [] : {};
  put(target[key] as Record<string, unknown>, rest, value);
}

/** The schema of a field, below what may be left out or be null. */
function fieldAt(schema: z.ZodType, path: readonly string[]): z.ZodType | undefined {
  const plain = plainOf(schema);
  const [key, ...rest] = path;
  if (key === undefined) return plain;
  if (plain instanceof z.ZodArray)
    return /^\d{1,2}$/.test(key) ? fieldAt(plain.element as z.ZodType, rest) : undefined;
  if (plain instanceof z.ZodRecord)
    return rest.length === 0 ? plainOf(plain.valueType as z.ZodType) : undefined;
  if (!(plain instanceof z.ZodObject)) return undefined;
  const field = Object.hasOwn(plain.shape, key) ? (plain.shape as Record<string, z.ZodType>)[key] : undefined;
  return field && fieldAt(field, rest);
}

function plainOf(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodNullable || schema instanceof z.ZodOptional)
    return plainOf(schema.unwrap() as z.ZodType);
  return schema instanceof z.ZodPipe ? plainOf(schema.in as z.ZodType) : schema;
}

function readerOf(field: z.ZodType, name: string): Column['read'] {
  if (field instanceof z.ZodNumber)
    return (text, where) => {
      if (/^-?\d{1,12}$/.test(text)) return Number(text);
      throw new LocalError(`${where}: ${name} wants a whole number, not '${text}'`);
    };
  if (field instanceof z.ZodBoolean)
    return (text, where) => {
      if (/^(true|yes|1)$/i.test(text)) return true;
      if (/^(false|no|0)$/i.test(text)) return false;
      throw new LocalError(`${where}: ${name} wants yes or no, not '${text}'`);
    };
  if (field instanceof z.ZodArray) return (text) => text.split(/[\s;]+/).filter((one) => one !== '');
  if (field instanceof z.ZodObject)
    return (_text, where) => {
      throw new LocalError(`${where}: ${name} has fields of its own; name one of them: ${name}.…`);
    };
  return (text) => text;
}
