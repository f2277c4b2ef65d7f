import type { z } from 'zod';
import { invalid, type Problem } from '../domain/errors.ts';
import { recordName } from '../domain/fields.ts';
import { UsageError } from './errors.ts';

/**
 * Judges what will be sent by the same schema that the server uses, so that a typing mistake is named without a
 * server. Throws the domain's `invalid` with every problem. What is sent stays as typed: the server's reading counts.
 */
export function checkInput(schema: z.ZodType, input: unknown): void {
  const result = schema.safeParse(input);
  if (!result.success) throw invalid(result.error.issues.map(problemOf));
}

/** Refuses a name that no record can have, and that would lead elsewhere in a URL (empty, `..`). */
export function checkName(name: string): string {
  const result = recordName.safeParse(name);
  if (result.success) return name;
  throw new UsageError(`'${name}' is not a name: it ${result.error.issues[0]?.message ?? 'is not valid'}`);
}

function problemOf(issue: z.core.$ZodIssue): Problem {
  if (issue.code === 'invalid_union') {
    // The last branch is the general one (`auto` or an address, a URL or a path): its complaint is the helpful one.
    const inner = issue.errors.at(-1)?.[0];
    if (inner !== undefined) return problemOf({ ...inner, path: [...issue.path, ...inner.path] });
  }
  return { path: issue.path.map(String).join('.'), message: issue.message };
}
