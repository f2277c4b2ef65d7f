import { RECORD_NAME, RECORD_NAME_RULE } from '../../domain/records/record-name.ts';
import { UsageError } from '../errors.ts';

/** Refuses a name that no record can have, and that would lead elsewhere in a URL (empty, `..`). */
export function checkName(name: string): string {
  if (RECORD_NAME.test(name)) return name;
  throw new UsageError(`'${name}' is not a name: it ${RECORD_NAME_RULE}`);
}
