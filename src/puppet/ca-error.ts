/** Why a CA did not do what it was asked. */
export type CaFailure =
  /** No connection, no whole answer in time, or TLS says that it is another. */
  | 'unreachable'
  /** It does not let our certificate do this. */
  | 'forbidden'
  /** It says no, for a reason that it tells. */
  | 'refused';

/** What went wrong with a CA, as a sentence about it. */
export class CaError extends Error {
  override readonly name = 'CaError';
  readonly failure: CaFailure;

  constructor(failure: CaFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}
