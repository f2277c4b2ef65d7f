/** A JSON Schema of OpenAPI 3.1. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const text = { type: 'string' };
const textOrNull = { type: ['string', 'null'] };
const whole = { type: 'integer' };
const anything = {};

function object(properties: Record<string, unknown>, required: readonly string[]): JsonSchema {
  return { type: 'object', properties, required };
}

export function refTo(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

/** What is answered, beside the fields that the input has as well. */
const stamps = {
  id: whole,
  name: text,
  revision: { type: 'integer', description: 'Grows with each change; the ETag.' },
  createdAt: { type: 'string', format: 'date-time' },
  updatedAt: { type: 'string', format: 'date-time' },
};

function record(): JsonSchema {
  return object(stamps, Object.keys(stamps));
}

function page(of: string): JsonSchema {
  const properties = {
    items: { type: 'array', items: refTo(of) },
    next: { type: ['string', 'null'], description: '`cursor` of the next page; null: this is the last.' },
    total: whole,
  };
  return object(properties, ['items', 'next', 'total']);
}

const change = object({ path: text, from: anything, to: anything }, ['path', 'from', 'to']);
const problemItem = object({ path: text, message: text }, ['path', 'message']);
const list = (of: JsonSchema) => ({ type: 'array', items: of });

/** RFC 9457, with what a caller needs to mend it. */
const problem = object(
  {
    type: text,
    title: text,
    status: whole,
    code: { type: 'string', description: 'Stable; docs/api.md has them all.' },
    detail: text,
    hint: text,
    problems: list(problemItem),
    conflict: object({ value: text, kind: text, holder: text, interface: textOrNull, command: textOrNull }, [
      'value',
      'kind',
      'holder',
    ]),
    results: list(refTo('ApplyResult')),
  },
  ['title', 'status', 'code', 'detail'],
);

const RECORDS = ['Distro', 'Profile', 'Subnet', 'System'] as const;

/** The schemas of answers by their names. */
export const ANSWERS: Readonly<Record<string, JsonSchema>> = {
  ...Object.fromEntries(RECORDS.map((name) => [name, record()])),
  ...Object.fromEntries(RECORDS.map((name) => [`${name}Page`, page(name)])),
  Problem: problem,
  DryRun: object(
    {
      dryRun: { const: true },
      action: { enum: ['added', 'updated', 'unchanged', 'removed'] },
      before: { type: ['object', 'null'] },
      after: { type: ['object', 'null'] },
      changes: list(change),
    },
    ['dryRun', 'action', 'before', 'after', 'changes'],
  ),
  ApplyResult: object(
    {
      kind: { enum: ['distro', 'profile', 'subnet', 'system'] },
      name: text,
      action: { enum: ['added', 'updated', 'unchanged', 'removed', 'refused'] },
      changes: list(change),
      problem: object(
        { code: text, detail: text, hint: text, problems: list(problemItem), conflict: { type: 'object' } },
        ['code', 'detail'],
      ),
    },
    ['kind', 'name', 'action', 'changes'],
  ),
  ApplyAnswer: object({ dryRun: { type: 'boolean' }, results: list(refTo('ApplyResult')) }, [
    'dryRun',
    'results',
  ]),
  Records: object(
    Object.fromEntries(
      ['distros', 'profiles', 'subnets', 'systems'].map((kind) => [kind, list({ type: 'object' })]),
    ),
    [],
  ),
};
