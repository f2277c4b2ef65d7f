import type { z } from 'zod';
import type { ANSWERS } from '../answers/answers.ts';
import type { INPUTS } from '../inputs.ts';

export type AnswerName = keyof typeof ANSWERS | 'Records';

/** What people read of a route, what it takes and what it answers. */
export interface Operation {
  readonly summary: string;
  readonly body?: z.ZodType | keyof typeof INPUTS;
  /** Of a body that is no JSON. */
  readonly bodyType?: 'application/octet-stream';
  /** The request may have no body at all. */
  readonly isBodyOptional?: true;
  readonly query?: z.ZodType;
  /** Absent: nothing, or something that is no JSON. */
  readonly answer?: AnswerName;
  /** Of an answer that is no JSON. */
  readonly answerType?: string;
  /** Of the usual answer; 200 where it is not there, 204 where there is nothing to answer. */
  readonly status?: 200 | 201 | 202;
  /** What is answered to `dryRun=1`, with 200. */
  readonly dryRun?: AnswerName;
  /** What is answered where `fields` is given. */
  readonly fields?: AnswerName;
  /** The answer has an ETag. */
  readonly isRevised?: true;
  /** A condition (`If-None-Match`) may be answered with 304. */
  readonly mayBeKnown?: true;
  /** Statuses of refusals beyond those that follow from the route. */
  readonly refuses?: readonly number[];
}

export type Operations = Readonly<Record<string, Operation>>;
