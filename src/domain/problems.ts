import { z } from 'zod';
import type { Problem } from './errors.ts';
import { nearest } from './nearest.ts';

/** Input as a schema reads it, or everything that is wrong with it. */
export type Judged<T> =
  | { readonly ok: true; readonly data: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Reads input by a schema. What a schema says itself (a pattern's `message`, a refinement) stands as it is; for the
 * rest this is the one place where zod's issues become sentences. No sentence repeats a value: some are secret.
 */
export function judgeInput<T>(schema: z.ZodType<T>, input: unknown): Judged<T> {
  const result = schema.safeParse(input, { error: sentenceOf });
  if (result.success) return { ok: true, data: result.data };
  const problems = result.error.issues.flatMap(problemsOf);
  // A number outside of every range breaks several rules, which one sentence tells.
  const first = ({ path, message }: Problem, index: number) =>
    index === problems.findIndex((other) => other.path === path && other.message === message);
  return { ok: false, problems: problems.filter(first) };
}

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  const at = (path: readonly PropertyKey[], message: string) => ({
    path: path.map(String).join('.'),
    message,
  });
  if (issue.code === 'unrecognized_keys') {
    const sentences = issue.message.split('\n');
    return issue.keys.map((key, index) => at([...issue.path, key], sentences[index] ?? issue.message));
  }
  // A union's last branch is the general one (`auto` or an address, a URL or a path): its complaint is of use.
  const inner = issue.code === 'invalid_union' ? unionIssue(issue.errors) : undefined;
  if (inner !== undefined) return problemsOf({ ...inner, path: [...issue.path, ...inner.path] });
  const key = issue.code === 'invalid_key' ? issue.issues[0] : undefined;
  return [at(issue.path, key?.message ?? issue.message)];
}

/** The complaint of the last branch; where not even the type is its own, with the words of the branch before. */
function unionIssue(branches: readonly (readonly z.core.$ZodIssue[])[]): z.core.$ZodIssue | undefined {
  const last = branches.at(-1)?.[0];
  const words = branches.flat().find(({ code }) => code === 'invalid_value');
  if (last?.code !== 'invalid_type' || last.path.length > 0 || words === undefined) return last;
  return { ...last, message: `${words.message}, or ${last.message.replace('must be ', '')}` };
}

/** What an operator reads after the field's name; undefined leaves it to zod. */
function sentenceOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${wanted(issue.expected, issue.schema)}`;
    case 'invalid_value':
      return issue.input === undefined ? 'is missing' : choiceOf(issue.values);
    case 'too_small':
      return limitOf(issue, 'at least', issue.minimum);
    case 'too_big':
      return limitOf(issue, 'at most', issue.maximum);
    case 'invalid_format':
      return issue.pattern === undefined ? undefined : `is not of the form ${issue.pattern}`;
    case 'unrecognized_keys':
      return issue.keys.map((key) => noSuchField(key, issue.inst)).join('\n');
    default:
      return undefined;
  }
}

/** Fields of answers that no request sets: whoever sends back what was read learns why it is refused. */
const TOLD_BY_SERVICE: ReadonlySet<string> = new Set([
  'id',
  'revision',
  'createdAt',
  'updatedAt',
  'effective',
  'secretsSet',
  'seenMac',
  'passwordSet',
  'kgSet',
  'power',
  'install',
  'inService',
  'lock',
]);

/** With the field that was likely meant. */
function noSuchField(key: string, schema: unknown): string {
  if (TOLD_BY_SERVICE.has(key)) return 'is told by the service, and cannot be set: leave it out';
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const meant = nearest(key, known);
  return `there is no such field${meant === undefined ? '' : `; did you mean ${meant}?`}`;
}

const NOUNS: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object with named fields',
  record: 'an object with named fields',
};

function wanted(expected: string, schema: z.core.$ZodType | undefined): string {
  if (schema instanceof z.ZodNumber) return numberOf(schema);
  return NOUNS[expected] ?? expected;
}

/** `a whole number from 576 to 9216`. */
function numberOf(schema: z.ZodNumber): string {
  const noun = schema.isInt ? 'a whole number' : 'a number';
  const [least, most] = [schema.minValue, schema.maxValue].map(ownLimit);
  if (least !== undefined && most !== undefined) return `${noun} from ${least} to ${most}`;
  if (least !== undefined) return `${noun}, ${least} or more`;
  return most === undefined ? noun : `${noun}, ${most} or less`;
}

/** Zod gives every whole number the limits of what a double holds exactly, and other numbers infinite ones. */
function ownLimit(limit: number | null): number | undefined {
  return limit === null || Math.abs(limit) >= Number.MAX_SAFE_INTEGER ? undefined : limit;
}

function choiceOf(values: readonly z.core.util.Primitive[]): string {
  const texts = values.map(String).join(', ');
  return values.length === 1 ? `must be ${texts}` : `must be one of ${texts}`;
}

function limitOf(
  { origin, schema }: { readonly origin: string; readonly schema?: z.core.$ZodType | undefined },
  bound: 'at least' | 'at most',
  limit: number | bigint,
): string | undefined {
  if (schema instanceof z.ZodNumber) return `must be ${numberOf(schema)}`;
  if (origin === 'array') return `must have ${bound} ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
  if (origin !== 'string') return undefined;
  if (bound === 'at least' && limit === 1) return 'must not be empty';
  return `must be ${bound} ${limit} characters long`;
}
