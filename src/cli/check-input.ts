import type { z } from 'zod';
import { invalid } from '../domain/errors.ts';
import { judgeInput } from '../domain/problems.ts';

/**
 * Judges what will be sent by the same schema that the server uses, so that a typing mistake is named without a
 * server. Throws the domain's `invalid` with every problem. What is sent stays as typed: the server's reading counts.
 */
export function checkInput(schema: z.ZodType, input: unknown): void {
  const judged = judgeInput(schema, input);
  if (!judged.ok) throw invalid(judged.problems);
}
