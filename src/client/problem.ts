import { z } from 'zod';

const problem = z.object({ path: z.string(), message: z.string() });

const conflict = z.object({
  value: z.string(),
  kind: z.string(),
  holder: z.string(),
  interface: z.string().nullish(),
  command: z.string().nullish(),
});

/**
 * An error of the API as it travels: application/problem+json (RFC 9457 §3) with our members. Unknown members are
 * kept, because `--json` hands the document on as it came.
 */
const problemDocument = z.looseObject({
  title: z.string(),
  status: z.int(),
  type: z.string().optional(),
  code: z.string().optional(),
  detail: z.string().optional(),
  hint: z.string().nullish(),
  problems: z.array(problem).nullish(),
  conflict: conflict.nullish(),
});

export type ProblemDocument = z.infer<typeof problemDocument>;

/** The problem document in an answer's body, or undefined if the body is something else. */
export function parseProblem(body: unknown): ProblemDocument | undefined {
  const result = problemDocument.safeParse(body);
  return result.success ? result.data : undefined;
}
