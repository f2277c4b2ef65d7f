import { type BindingKey, circuitKey, clientIdKey } from '../domain/network/binding-key.ts';
import type { DhcpClient } from './client.ts';

/** How a machine is known. `seen`: by the lease of its record, which was given to this MAC. */
export type IdentityKind = 'mac' | 'client-id' | 'circuit' | 'seen';

/** A record that was found for a packet, and by what. */
export interface Identified<T> {
  readonly machine: T;
  readonly by: IdentityKind;
  /** What its lease is kept under. */
  readonly key: BindingKey;
  /** `by its client id`, for people. */
  readonly reason: string;
}

export interface Candidate {
  readonly by: IdentityKind;
  readonly key: BindingKey;
  readonly reason: string;
}

/**
 * By what a packet may be known, in the order in which records are looked for: the MAC first, because an installed system
 * may call itself by another client id than the firmware did; then the client id; then the port, with its relay before
 * without. Pure.
 */
export function identitiesOf(
  client: Pick<DhcpClient, 'mac' | 'clientId' | 'circuitId' | 'remoteId'>,
): readonly Candidate[] {
  const { mac, clientId, circuitId, remoteId } = client;
  const candidates: Candidate[] = [];
  if (mac !== undefined) candidates.push({ by: 'mac', key: mac, reason: 'by its MAC' });
  if (clientId !== undefined)
    candidates.push({ by: 'client-id', key: clientIdKey(clientId), reason: 'by its client id' });
  if (circuitId === undefined) return candidates;
  const by = 'circuit';
  if (remoteId !== undefined)
    candidates.push({ by, key: circuitKey(circuitId, remoteId), reason: 'by its circuit and relay' });
  candidates.push({ by, key: circuitKey(circuitId), reason: 'by its circuit' });
  return candidates;
}

/**
 * The record of a packet's sender: of those that its identities lead to, the first. A renewal goes past the relay (RFC 2131
 * §4.4.5), so it says nothing of the circuit: last, the MAC may be one to which a record's lease was given.
 */
export function identify<T>(
  client: Pick<DhcpClient, 'mac' | 'clientId' | 'circuitId' | 'remoteId'>,
  find: (key: BindingKey) => T | undefined,
  findSeen: (mac: string) => { readonly machine: T; readonly key: BindingKey } | undefined,
): Identified<T> | undefined {
  for (const candidate of identitiesOf(client)) {
    const machine = find(candidate.key);
    if (machine !== undefined) return { machine, ...candidate };
  }
  const seen = client.mac === undefined ? undefined : findSeen(client.mac);
  return seen && { ...seen, by: 'seen', reason: 'by the lease that it has' };
}
