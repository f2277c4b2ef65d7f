import { DomainError } from '../../domain/errors.ts';

/**
 * For what a reading or a packet leaves behind beside its answer: a disk that takes nothing is no reason to refuse that. Never
 * for what the answer promises. False where it was not written.
 */
export async function ifDiskAllows(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!isStorageRefusal(error)) throw error;
    return false;
  }
}

export function isStorageRefusal(error: unknown): boolean {
  return error instanceof DomainError && error.code === 'storage';
}
