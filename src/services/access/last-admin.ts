import { DomainError } from '../../domain/errors.ts';
import type { StoreTransaction } from '../../store/interfaces/store.ts';

/**
 * After a change, in its transaction: throws DomainError 'in-use' where nobody is left who may do everything, so that nobody
 * locks himself out by accident. By the unix socket an admin can be added at any time.
 */
export async function refuseWithoutAdmin(tx: StoreTransaction, nowMs: number): Promise<void> {
  if ((await tx.users.countAdmins()) + (await tx.tokens.countAdmins(nowMs)) > 0) return;
  throw new DomainError('in-use', 'this is the last admin', {
    hint: 'make another one first: provision user add NAME --role admin, or provision token add NAME --role admin',
  });
}
