import { z } from 'zod';

/** What a person fills in: one value of a record. */
export interface Leaf {
  readonly type: 'leaf';
  readonly key: string;
  /** Dotted, with `*` for each entry of a list: `interfaces.*.mac`. */
  readonly path: string;
  /** `lines`: a list of texts; `pairs`: names with a text each; `ways`: a network and `via` a gateway; `yes-no`: where nothing is an answer as well. */
  readonly kind: 'text' | 'number' | 'choice' | 'flag' | 'yes-no' | 'lines' | 'pairs' | 'ways';
  readonly nullable: boolean;
  /** May be left out: then the record has no such value. */
  readonly optional: boolean;
  /** What it is where nothing is given; undefined: something must be. */
  readonly fallback: unknown;
  readonly choices: readonly (string | number)[];
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** Characters of a text. */
  readonly maxLength: number | undefined;
}

/** Values that belong together; `nullable`: the record may have none of them. */
export interface Group {
  readonly type: 'group';
  readonly key: string;
  readonly path: string;
  readonly nullable: boolean;
  readonly fields: readonly Field[];
}

/** The same values several times. */
export interface List {
  readonly type: 'list';
  readonly key: string;
  readonly path: string;
  readonly fields: readonly Field[];
  readonly most: number;
}

export type Field = Leaf | Group | List;

interface Bare {
  readonly schema: z.ZodType;
  readonly nullable: boolean;
  readonly optional: boolean;
  readonly fallback: unknown;
}

/**
 * The fields of a record's schema, in its order: what a form is made of, so that it cannot know another set of them than
 * the API. Throws where a schema is of a kind that no form has shown yet.
 */
export function fieldsOf(schema: z.ZodType, path = ''): Field[] {
  const bare = unwrap(schema).schema;
  if (!(bare instanceof z.ZodObject)) throw new TypeError(`'${path}' has no fields`);
  return Object.entries(bare.shape as Record<string, z.ZodType>).map(([key, field]) =>
    fieldOf(key, field, path === '' ? key : `${path}.${key}`),
  );
}

/** Every leaf below some fields. */
export function leavesOf(fields: readonly Field[]): Leaf[] {
  return fields.flatMap((field) => (field.type === 'leaf' ? [field] : leavesOf(field.fields)));
}

function fieldOf(key: string, field: z.ZodType, path: string): Field {
  const { schema, nullable, optional, fallback } = unwrap(field);
  if (schema instanceof z.ZodObject)
    return { type: 'group', key, path, nullable, fields: fieldsOf(schema, path) };
  if (schema instanceof z.ZodArray) {
    const element = unwrap(schema.element as z.ZodType).schema;
    if (element instanceof z.ZodObject && !path.includes('*'))
      return { type: 'list', key, path, fields: fieldsOf(element, `${path}.*`), most: mostOf(schema) };
  }
  const none = { choices: [], min: undefined, max: undefined, maxLength: undefined };
  return {
    type: 'leaf',
    key,
    path,
    nullable,
    optional,
    fallback,
    ...none,
    ...kindOf(schema, path, nullable),
  };
}

/** Without what is wrapped around it: defaults, null, transformations. */
function unwrap(schema: z.ZodType): Bare {
  if (schema instanceof z.ZodDefault)
    return { ...unwrap(schema.unwrap() as z.ZodType), fallback: schema.def.defaultValue };
  if (schema instanceof z.ZodNullable) return { ...unwrap(schema.unwrap() as z.ZodType), nullable: true };
  if (schema instanceof z.ZodOptional) return { ...unwrap(schema.unwrap() as z.ZodType), optional: true };
  // What goes in is what a person writes.
  if (schema instanceof z.ZodPipe) return unwrap(schema.in as z.ZodType);
  return { schema, nullable: false, optional: false, fallback: undefined };
}

type Kind = Pick<Leaf, 'kind'> & Partial<Leaf>;

function kindOf(schema: z.ZodType, path: string, nullable: boolean): Kind {
  if (schema instanceof z.ZodEnum) return { kind: 'choice', choices: schema.options };
  if (schema instanceof z.ZodNumber) return { kind: 'number', ...limitsOf(schema) };
  if (schema instanceof z.ZodBoolean)
    return nullable ? { kind: 'yes-no', choices: ['yes', 'no'] } : { kind: 'flag' };
  // What stands in an entry of a list has one line an entry of its own.
  if (schema instanceof z.ZodArray)
    return { kind: unwrap(schema.element as z.ZodType).schema instanceof z.ZodObject ? 'ways' : 'lines' };
  if (schema instanceof z.ZodRecord) return { kind: 'pairs' };
  if (schema instanceof z.ZodString) return { kind: 'text', maxLength: schema.maxLength ?? undefined };
  if (schema instanceof z.ZodUnion) return unionOf(schema, path);
  throw new TypeError(`no form can show '${path}' (${schema.constructor.name})`);
}

/** A few values, or a text that has some words with a meaning of their own (`auto`). */
function unionOf(schema: z.ZodUnion, path: string): Kind {
  const options = schema.options.map((option) => unwrap(option as z.ZodType).schema);
  const literals = options.flatMap((option) => (option instanceof z.ZodLiteral ? [...option.values] : []));
  if (literals.length === options.length)
    return {
      kind: 'choice',
      choices: literals.filter((value) => typeof value === 'number' || typeof value === 'string'),
    };
  if (options.some((option) => option instanceof z.ZodString)) return { kind: 'text' };
  throw new TypeError(`no form can show '${path}' (a union)`);
}

/** Zod gives every whole number the limits of what a double holds exactly. */
function limitsOf(schema: z.ZodNumber): Partial<Leaf> {
  const own = (limit: number | null) =>
    limit === null || Math.abs(limit) >= Number.MAX_SAFE_INTEGER ? undefined : limit;
  return { min: own(schema.minValue), max: own(schema.maxValue) };
}

function mostOf(schema: z.ZodArray): number {
  const checks = schema.def.checks ?? [];
  const limits = checks.map((check) => (check._zod.def as { maximum?: number }).maximum);
  return limits.find((limit) => limit !== undefined) ?? 64;
}
