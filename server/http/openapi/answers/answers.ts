import type { z } from 'zod';
import { accessAnswers } from './access.ts';
import { insightAnswers } from './insight.ts';
import { installAnswers } from './installs.ts';
import { otherAnswers } from './others.ts';
import { powerAnswers } from './power.ts';
import { recordAnswers } from './records.ts';
import { refusalAnswers } from './refusals.ts';
import { serviceAnswers } from './service.ts';

/** What the API answers, by names of schemas in its document. No answer passes through them: tests hold answers against them. */
export const ANSWERS = {
  ...recordAnswers,
  ...installAnswers,
  ...powerAnswers,
  ...accessAnswers,
  ...serviceAnswers,
  ...insightAnswers,
  ...otherAnswers,
  ...refusalAnswers,
} as const satisfies Readonly<Record<string, z.ZodType>>;
