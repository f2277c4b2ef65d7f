/** `error`: the machine would not install with this file; arming refuses. `warning`: probably not what was meant. */
export type Severity = 'error' | 'warning';

/** One thing wrong with a rendered answer file. Messages never contain values: files hold secrets. */
export interface AnswerFileProblem {
  readonly severity: Severity;
  /** Stable word for programs: `unknown-command`. */
  readonly code: string;
  /** 1-based line of the rendered file; null for the file as a whole. */
  readonly line: number | null;
  readonly message: string;
  readonly hint: string | null;
}

export function error(
  code: string,
  line: number | null,
  message: string,
  hint: string | null = null,
): AnswerFileProblem {
  return { severity: 'error', code, line, message, hint };
}

export function warning(
  code: string,
  line: number | null,
  message: string,
  hint: string | null = null,
): AnswerFileProblem {
  return { severity: 'warning', code, line, message, hint };
}
