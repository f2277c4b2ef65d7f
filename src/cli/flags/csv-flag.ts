import { UsageError } from '../errors.ts';
import type { FlagSpec, Flags } from './flags.ts';

/** A table in the place of one record. */
export interface AddsTable {
  readonly csv: string;
}

export function csvFlag(noun: string): FlagSpec {
  return {
    flag: '--csv <file>',
    help: `add every ${noun} of a table whose header names fields, or none; - for stdin`,
  };
}

/** The table that is to be added, or undefined where one record is named. Throws UsageError for both, and for none. */
export function tableOf(name: string, flags: Flags): AddsTable | undefined {
  const csv = flags.text('csv');
  if (csv === undefined) {
    if (name === '') throw new UsageError("missing required argument 'name'");
    return undefined;
  }
  if (name !== '' || flags.given.length > 1)
    throw new UsageError('--csv names every record and field itself', 'give it alone');
  return { csv };
}
