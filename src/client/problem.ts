/** What is wrong with one field. */
interface FieldProblem {
  readonly path: string;
  readonly message: string;
}

interface Conflict {
  readonly value: string;
  readonly kind: string;
  readonly holder: string;
  readonly interface?: string | null | undefined;
  readonly command?: string | null | undefined;
}

/**
 * An error of the API as it travels: application/problem+json (RFC 9457 §3) with our members. Unknown members are
 * kept, because `--json` hands the document on as it came.
 */
export interface ProblemDocument {
  readonly title: string;
  readonly status: number;
  readonly type?: string | undefined;
  readonly code?: string | undefined;
  readonly detail?: string | undefined;
  readonly hint?: string | null | undefined;
  readonly problems?: readonly FieldProblem[] | null | undefined;
  readonly conflict?: Conflict | null | undefined;
  readonly [member: string]: unknown;
}

type Test = (value: unknown) => boolean;

const isText: Test = (value) => typeof value === 'string';
const optional =
  (test: Test): Test =>
  (value) =>
    value === undefined || test(value);
const nullish =
  (test: Test): Test =>
  (value) =>
    value === undefined || value === null || test(value);
const shape =
  (tests: Readonly<Record<string, Test>>): Test =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(tests).every(([key, test]) => test((value as Record<string, unknown>)[key]));

/** By hand: a schema library would be half of the time that a command takes to start. */
const isProblem = shape({
  title: isText,
  status: Number.isSafeInteger,
  type: optional(isText),
  code: optional(isText),
  detail: optional(isText),
  hint: nullish(isText),
  problems: nullish((value) => Array.isArray(value) && value.every(shape({ path: isText, message: isText }))),
  conflict: nullish(
    shape({
      value: isText,
      kind: isText,
      holder: isText,
      interface: nullish(isText),
      command: nullish(isText),
    }),
  ),
});

/** The problem document in an answer's body, or undefined if the body is something else. */
export function parseProblem(body: unknown): ProblemDocument | undefined {
  return isProblem(body) ? (body as ProblemDocument) : undefined;
}
