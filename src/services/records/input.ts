import type { z } from 'zod';
import { DomainError, invalid } from '../../domain/errors.ts';
import { judgeInput } from '../../domain/problems.ts';
import type { Patch } from '../../domain/records/fields.ts';

/** Parses a body with a record's schema; all problems at once, by their path. Throws DomainError 'invalid'. */
export function parseInput<T>(schema: z.ZodType<T>, body: unknown): T {
  const judged = judgeInput(schema, body);
  if (!judged.ok) throw invalid(judged.problems);
  return judged.data;
}

/** An edit laid over the record, only the fields that the schema knows; then the whole is judged as if new. */
export function mergePatch<T extends object>(
  schema: z.ZodType<T> & { shape: object },
  old: object,
  patch: Patch<T>,
): T {
  const merged: Record<string, unknown> = {};
  for (const key of Object.keys(schema.shape)) {
    const named = (patch as Record<string, unknown>)[key];
    merged[key] = named === undefined ? (old as Record<string, unknown>)[key] : named;
  }
  return parseInput(schema, merged);
}

/** The name stands already. */
export function nameTaken(
  noun: string,
  name: string,
  command = `provision ${noun} show ${name}`,
): DomainError {
  return new DomainError('name-taken', `there is already a ${noun} named '${name}'`, {
    hint: `look at it with: ${command}`,
    conflict: { value: name, kind: 'name', holder: `${noun} ${name}`, interface: null, command },
  });
}

/** Others stand on the record that was to go. */
export function inUse(noun: string, name: string, userNoun: string, users: readonly string[]): DomainError {
  const shown = users.slice(0, 5).join(', ');
  return new DomainError(
    'in-use',
    `${noun} '${name}' is used by ${userNoun} ${shown}${users.length > 5 ? ' …' : ''}`,
    {
      hint: `give them another ${noun} first, or remove them`,
    },
  );
}

/** `seen`, if given, must be the record's revision still: else somebody else edited it in between. */
export function refuseStale(
  noun: string,
  record: { name: string; revision: number },
  seen: number | undefined,
): void {
  if (seen === undefined || seen === record.revision) return;
  throw new DomainError(
    'stale-revision',
    `${noun} '${record.name}' was changed by somebody else (revision ${record.revision}, you saw ${seen})`,
    { hint: `look at it again: provision ${noun} show ${record.name}` },
  );
}
