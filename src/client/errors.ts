import type { ProblemDocument } from './problem.ts';

/** The server said no. Everything it said is kept: callers decide by `code`, people read `detail` and `hint`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly problem: ProblemDocument;

  constructor(problem: ProblemDocument) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
  }

  /** HTTP status of the answer. */
  get status(): number {
    return this.problem.status;
  }

  /** Stable code of the refusal (`address-taken`), or undefined when the answer carried none. */
  get code(): string | undefined {
    return this.problem.code;
  }
}

export type UnreachableReason =
  | 'no-socket'
  | 'refused'
  | 'not-permitted'
  | 'timeout'
  | 'unknown-name'
  | 'untrusted-certificate'
  | 'certificate-changed'
  | 'no-tls'
  | 'broken';

/** No answer came: nobody knows whether the server did what was asked when the reason is `timeout` or `broken`. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
  /** Where the server was expected: a URL or `unix:/path`. */
  readonly address: string;
  readonly reason: UnreachableReason;

  constructor(address: string, reason: UnreachableReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.address = address;
    this.reason = reason;
  }
}

/** Something answered, but not with the API's JSON: another program, a proxy's error page, a redirect. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer';
  readonly status: number;

  constructor(status: number, contentType: string, what: string) {
    super(`the answer is not the API's: status ${status}, ${contentType || 'no content type'} (${what})`);
    this.status = status;
  }
}
