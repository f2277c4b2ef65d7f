import type { z } from 'zod';
import { invalid } from '../domain/errors.ts';
import { recordName } from '../domain/fields.ts';
import { judgeInput } from '../domain/problems.ts';
import { UsageError } from './errors.ts';

/**
 * Judges what will be sent by the same schema that the server uses, so that a typing mistake is named without a
 * server. Throws the domain's `invalid` with every problem. What is sent stays as typed: the server's reading counts.
 */
export function checkInput(schema: z.ZodType, input: unknown): void {
  const judged = judgeInput(schema, input);
  if (!judged.ok) throw invalid(judged.problems);
}

/** Refuses a name that no record can have, and that would lead elsewhere in a URL (empty, `..`). */
export function checkName(name: string): string {
  const judged = judgeInput(recordName, name);
  if (judged.ok) return name;
  throw new UsageError(
    `'${name}' is not a name: it ${judged.problems.map(({ message }) => message).join(', ')}`,
  );
}
