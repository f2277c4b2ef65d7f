/** The command line itself is wrong: exit code 2. `hint` says what to type instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** Something on this side stands in the way (a file, the answer "no" to a question): exit code 1. */
export class LocalError extends Error {
  override readonly name = 'LocalError';
  readonly hint: string | undefined;

  constructor(message: string, hint?: string, options?: ErrorOptions) {
    super(message, options);
    this.hint = hint;
  }
}
