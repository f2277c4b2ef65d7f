import { DomainError } from '../../domain/errors.ts';
import type { Refusal } from '../../domain/install/install-batch.ts';

/** A refusal as a value. What is not meant for people is thrown on. */
export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof DomainError)) throw error;
  const { code, message, problems, hint } = error;
  return { code, detail: message, problems, hint: hint ?? null };
}

/** Every reason in one sentence: `initrd: /srv/initrd.gz is not there; kernelArgs: …`. */
export function reasonsOf({ detail, problems }: Refusal): string {
  if (problems.length === 0) return detail;
  return problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
}
