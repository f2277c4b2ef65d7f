import type { AddressHolder } from '../../store/interfaces/address-store.ts';

/** Who wants an address, and how. */
export interface AddressClaim {
  /** The record that wants it; null for a new one. */
  readonly systemId: number | null;
  /** By which its machine is leased addresses; null where it is not. */
  readonly key: string | null;
  /** As what it would be shared with others who say the same; null: it is to be its own. */
  readonly sharedAs: 'bmc' | 'interface' | null;
}

/** Is the address the claimant's although it is held: its own, shared on purpose, or leased to its machine? Pure. */
export function isHeldFor(
  { kind, systemId, sharedBy, key }: AddressHolder,
  { systemId: own, key: ownKey, sharedAs }: AddressClaim,
): boolean {
  // A shared address that nobody else shares is one's own as well.
  if (own !== null && (systemId === own || sharedBy?.every((id) => id === own))) return true;
  if (sharedBy !== null && sharedAs === kind) return true;
  // The machine has the address already, by a lease: the record only makes it stay.
  return kind === 'lease' && key !== null && key === ownKey;
}
