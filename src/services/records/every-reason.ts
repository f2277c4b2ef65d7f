import { DomainError, type Problem } from '../../domain/errors.ts';
import { notReady } from '../boot/answer-facts.ts';

/**
 * Waits for all checks, and throws everything that they refuse at once, so that nobody mends one thing at a time. An error
 * that is not meant for people is thrown as it is.
 */
export async function everyReason<const T extends readonly Promise<unknown>[]>(
  system: string,
  checks: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const results = await Promise.allSettled(checks);
  const errors = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  const first = errors[0];
  if (first === undefined) return (await Promise.all(checks)) as { -readonly [K in keyof T]: Awaited<T[K]> };
  const refusals = errors.filter((error) => error instanceof DomainError);
  if (refusals.length < errors.length) throw errors.find((error) => !(error instanceof DomainError));
  if (refusals.length === 1) throw first;
  throw notReady(system, refusals.flatMap(problemsOf));
}

function problemsOf(error: DomainError): readonly Problem[] {
  if (error.problems.length > 0) return error.problems;
  const message = error.hint === undefined ? error.message : `${error.message}; ${error.hint}`;
  return [{ path: error.conflict?.kind ?? error.code, message }];
}
