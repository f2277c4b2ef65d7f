/** What went wrong, for programs. Stable: the API and the timeline carry these. */
export type AnswerFileErrorCode =
  | 'syntax' // the template text cannot be read
  | 'unsupported' // a tag, operator or call that answer files do not have
  | 'unknown-filter'
  | 'unknown-test'
  | 'undefined-variable'
  | 'null-value' // an optional value that this system does not have was used without a guard
  | 'bad-value' // a value of the wrong kind for a filter or an operator
  | 'secret-exposed' // a secret was used without the `secret` filter
  | 'include-missing'
  | 'include-depth'
  | 'template-size'
  | 'output-size'
  | 'step-limit'
  | 'bad-fact' // a fact about the system that no answer file may contain
  | 'bad-kernel-arg'
  | 'template-timeout'
  | 'template-memory'
  | 'renderer-busy'
  | 'renderer-failed'
  | 'renderer-stopped';

export interface AnswerFileErrorDetails {
  readonly code: AnswerFileErrorCode;
  /** Template or snippet name; null when the fault is in none. */
  readonly template: string | null;
  /** 1-based line of that template; null when unknown. */
  readonly line: number | null;
  /** Never contains a value from the context: messages go to logs and timelines. */
  readonly message: string;
  /** What to do about it; null when the message says it all. */
  readonly hint: string | null;
}

/** Why an answer file cannot be made. `details` survives a process boundary; the error object does not. */
export class AnswerFileError extends Error {
  readonly code: AnswerFileErrorCode;
  readonly template: string | null;
  readonly line: number | null;
  readonly hint: string | null;

  constructor(details: AnswerFileErrorDetails) {
    super(details.message);
    this.name = 'AnswerFileError';
    this.code = details.code;
    this.template = details.template;
    this.line = details.line;
    this.hint = details.hint;
  }

  get details(): AnswerFileErrorDetails {
    return {
      code: this.code,
      template: this.template,
      line: this.line,
      message: this.message,
      hint: this.hint,
    };
  }
}

/** A fault found where no template is known: the evaluator adds template and line. */
export class ValueProblem extends Error {
  readonly code: AnswerFileErrorCode;
  readonly hint: string | null;

  constructor(code: AnswerFileErrorCode, message: string, hint: string | null = null) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}
