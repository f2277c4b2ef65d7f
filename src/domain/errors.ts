import type { BmcFailure } from './power/bmc-error.ts';
import type { ApplyResult } from './records/apply.ts';

/** Stable codes of everything that the service refuses; server/http/errors.ts maps each to a status, the CLI to an exit code. */
export type ErrorCode =
  | 'not-found'
  | 'address-taken'
  | 'name-taken'
  | 'in-use'
  | 'stale-revision'
  | 'invalid'
  | 'not-ready'
  | 'no-free-address'
  | 'wrong-state'
  | 'not-permitted'
  | 'unauthenticated'
  /** A BMC did not do what it was asked; `failure` says why. */
  | 'bmc-failed'
  /** So many are open that no more are taken. */
  | 'too-many'
  /** The same request is being done at this moment. */
  | 'in-progress'
  /** An Idempotency-Key that belongs to another request. */
  | 'key-reused'
  /** It was done before, and the answer was not kept. */
  | 'not-replayable'
  | 'storage';

/** One thing wrong with one field; `path` is dotted (`interfaces.0.ip`). */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** Who holds what was asked for, and the command that shows it. */
export interface Conflict {
  readonly value: string;
  readonly kind: 'ip' | 'mac' | 'client-id' | 'circuit' | 'name' | 'hostname' | 'bmc';
  readonly holder: string;
  readonly interface: string | null;
  readonly command: string | null;
}

/** A refusal with a stable code. The message says what is wrong; `hint` says what to do next. */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly problems: readonly Problem[];
  readonly conflict: Conflict | undefined;
  /** Of code `bmc-failed`. */
  readonly failure: BmcFailure | undefined;
  /** Of many records that were to be applied together: what came of each. */
  readonly results: readonly ApplyResult[];

  constructor(
    code: ErrorCode,
    message: string,
    more: {
      hint?: string;
      problems?: readonly Problem[];
      conflict?: Conflict;
      failure?: BmcFailure;
      results?: readonly ApplyResult[];
    } = {},
  ) {
    super(message);
    this.code = code;
    this.hint = more.hint;
    this.problems = more.problems ?? [];
    this.conflict = more.conflict;
    this.failure = more.failure;
    this.results = more.results ?? [];
  }
}

/** The record that was named does not exist. */
export function notFound(noun: string, name: string): DomainError {
  return new DomainError('not-found', `there is no ${noun} named '${name}'`, {
    hint: `list them with: provision ${noun} list`,
  });
}

/** Several fields are wrong; all of them are named at once, so that nobody mends one at a time. */
export function invalid(problems: readonly Problem[]): DomainError {
  const first = problems[0];
  const rest = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return new DomainError('invalid', `${first?.path || 'input'}: ${first?.message ?? 'not valid'}${rest}`, {
    problems,
  });
}
