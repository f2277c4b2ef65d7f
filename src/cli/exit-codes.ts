import { ApiError, Unreachable } from '../client/errors.ts';
import { DomainError, type ErrorCode } from '../domain/errors.ts';
import { UsageError } from './errors.ts';

/** What scripts can rely on; shown by `provision --help`. */
export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  notFound: 3,
  conflict: 4,
  refused: 5,
  notPermitted: 6,
  unreachable: 7,
  /** Of several, some. */
  partial: 8,
  /** `diff` found a difference. */
  different: 9,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const BY_CODE: Readonly<Record<ErrorCode, ExitCode>> = {
  'not-found': EXIT.notFound,
  'address-taken': EXIT.conflict,
  'name-taken': EXIT.conflict,
  'in-use': EXIT.conflict,
  'stale-revision': EXIT.conflict,
  'in-progress': EXIT.conflict,
  'not-replayable': EXIT.conflict,
  'wrong-state': EXIT.conflict,
  'no-free-address': EXIT.conflict,
  'key-reused': EXIT.refused,
  invalid: EXIT.refused,
  'not-ready': EXIT.refused,
  'not-permitted': EXIT.notPermitted,
  unauthenticated: EXIT.notPermitted,
  'too-many': EXIT.failure,
  storage: EXIT.failure,
  'bmc-failed': EXIT.failure,
};

/** The 404 of a path that the server does not know: no record is missing, the versions differ. */
export const NO_SUCH_ROUTE = 'no-such-route';

/** For answers with a code that this version does not know, or with none (a proxy's). */
const BY_STATUS: ReadonlyMap<number, ExitCode> = new Map<number, ExitCode>([
  [400, EXIT.refused],
  [401, EXIT.notPermitted],
  [403, EXIT.notPermitted],
  [404, EXIT.notFound],
  [409, EXIT.conflict],
  [412, EXIT.conflict],
  [422, EXIT.refused],
]);

/** The one map from what went wrong to the exit code. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof DomainError) return BY_CODE[error.code];
  if (error instanceof ApiError) {
    if (error.code === NO_SUCH_ROUTE) return EXIT.failure;
    const known = Object.hasOwn(BY_CODE, error.code ?? '') ? BY_CODE[error.code as ErrorCode] : undefined;
    return known ?? BY_STATUS.get(error.status) ?? EXIT.failure;
  }
  if (error instanceof Unreachable) {
    return error.reason === 'not-permitted' ? EXIT.notPermitted : EXIT.unreachable;
  }
  return EXIT.failure;
}
