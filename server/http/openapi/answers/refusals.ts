import { z } from 'zod';
import type { Conflict } from '../../../../src/domain/errors.ts';
import { BMC_FAILURES } from '../../../../src/domain/power/bmc-error.ts';
import type { ApplyAnswer, ApplyResult } from '../../../../src/domain/records/apply.ts';
import { STATUS } from '../../errors.ts';
import { flag, keysOf, text, textOrNull, whole } from './parts.ts';
import { recordAnswers } from './records.ts';

/** Codes of what is refused before a use case is asked. */
const OWN_CODES = ['bad-request', 'no-such-route', 'too-large', 'wrong-media-type', 'internal'] as const;
const code = z
  .union([keysOf(STATUS), z.enum(OWN_CODES)])
  .describe('Stable; docs/api.md says what each means.');

const problems = z.array(z.strictObject({ path: text, message: text }));
const conflict = z.strictObject({
  value: text,
  kind: z.enum(['ip', 'mac', 'client-id', 'circuit', 'name', 'hostname', 'bmc']),
  holder: text,
  interface: textOrNull,
  command: textOrNull,
}) satisfies z.ZodType<Conflict>;

const applyResult = z.strictObject({
  kind: z.enum(['distro', 'profile', 'subnet', 'system']),
  name: text,
  action: z.enum(['added', 'updated', 'unchanged', 'removed', 'refused']),
  changes: z.array(recordAnswers.Change),
  problem: z
    .strictObject({
      code: keysOf(STATUS),
      detail: text,
      hint: text.exactOptional(),
      problems: problems.exactOptional(),
      conflict: conflict.exactOptional(),
    })
    .exactOptional(),
}) satisfies z.ZodType<ApplyResult>;

const applyAnswer = z.strictObject({
  dryRun: flag,
  results: z.array(applyResult),
}) satisfies z.ZodType<ApplyAnswer>;

/** RFC 9457, with what a caller needs to mend it. */
const problem = z.strictObject({
  type: z.literal('about:blank'),
  title: text,
  status: whole,
  code,
  detail: text,
  hint: text.exactOptional().describe('What to do next.'),
  problems: problems.exactOptional().describe('Every field that is wrong.'),
  conflict: conflict.exactOptional().describe('Who holds the value.'),
  failure: keysOf(BMC_FAILURES).exactOptional().describe('What the BMC did not do.'),
  results: z.array(applyResult).exactOptional().describe('Of many records: what came of each.'),
  request: text.exactOptional().describe('How the log names the request.'),
});

export const refusalAnswers = {
  Problem: problem,
  Conflict: conflict,
  ApplyResult: applyResult,
  ApplyAnswer: applyAnswer,
};
