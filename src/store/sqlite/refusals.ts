import { DomainError } from '../../domain/errors.ts';

/** A constraint of the database as the domain's refusal; the checks before it have usually said it better. */
export async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY') {
      throw new DomainError(
        'address-taken',
        'somebody else took one of these names or addresses at the same moment',
        {
          hint: 'look at who has it now and try again',
        },
      );
    }
    // A reference with ON DELETE RESTRICT fails as if a trigger had done it.
    if (code === 'SQLITE_CONSTRAINT_FOREIGNKEY' || code === 'SQLITE_CONSTRAINT_TRIGGER') {
      throw new DomainError('in-use', 'another record still needs this one', {
        hint: 'remove that record first',
      });
    }
    throw asFull(code) ?? error;
  }
}

/** The word of SQLite or the system for a disk that takes no more, as what an operator can mend; undefined for any other. */
function asFull(code: unknown): DomainError | undefined {
  const isFull = code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT';
  if (!isFull && code !== 'EIO' && !String(code).startsWith('SQLITE_IOERR')) return undefined;
  const hint =
    'make room where the data folder is (provision doctor says where); the service goes on by itself then';
  if (isFull) return new DomainError('storage', 'the disk is full: nothing of this was kept', { hint });
  // A flush that failed says nothing of what it was to flush.
  const message = `the disk refuses to be written (${String(code)}): it is not certain whether this was kept`;
  return new DomainError('storage', message, { hint: `look at the kernel log (dmesg); ${hint}` });
}
