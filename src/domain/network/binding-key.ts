import { formatIdentifier, type Identifier, parseIdentifier } from '../records/identifier.ts';

/**
 * What a machine's leases and its record are found by, one text for each way to know it: a MAC as it is, `id:` and
 * the client id in hex, `circuit:` and the circuit id in hex, and the remote id if the record names one.
 */
export type BindingKey = string;

export function clientIdKey(clientId: Buffer): BindingKey {
  return `id:${clientId.toString('hex')}`;
}

export function circuitKey(circuitId: Buffer, remoteId?: Buffer | undefined): BindingKey {
  const key = `circuit:${circuitId.toString('hex')}`;
  return remoteId === undefined ? key : `${key}:${remoteId.toString('hex')}`;
}

/** The ways in which a record knows one interface; at least one is there. */
export interface InterfaceIdentity {
  readonly mac: string | null;
  readonly clientId?: Identifier | null;
  readonly circuitId?: Identifier | null;
  /** Narrows `circuitId` down; without it, whichever relay names that circuit. */
  readonly remoteId?: Identifier | null;
}

/** The keys of an interface, as the store has them. */
export function keysOf({ clientId = null, circuitId = null, remoteId = null, mac }: InterfaceIdentity) {
  return {
    mac,
    clientKey: clientId === null ? null : clientIdKey(bytesOf(clientId)),
    circuitKey:
      circuitId === null
        ? null
        : circuitKey(bytesOf(circuitId), remoteId === null ? undefined : bytesOf(remoteId)),
  };
}

/** The key that comes first in precedence: what an interface is called by where one key must do. */
export function firstKeyOf(identity: InterfaceIdentity): BindingKey {
  const { mac, clientKey, circuitKey: circuit } = keysOf(identity);
  return mac ?? clientKey ?? circuit ?? '';
}

/** What an interface is called by within its system: its key, or its name where it has none. */
export function placeKeyOf(identity: InterfaceIdentity & { readonly name: string }): string {
  return firstKeyOf(identity) || `name:${identity.name}`;
}

/** Reads the keys of the store back. */
export function identityOf(keys: {
  readonly mac: string | null;
  readonly clientKey: string | null;
  readonly circuitKey: string | null;
}): Required<InterfaceIdentity> {
  const [circuit, remote] = keys.circuitKey?.split(':').slice(1) ?? [];
  return {
    mac: keys.mac,
    clientId: textOf(keys.clientKey?.slice('id:'.length)),
    circuitId: textOf(circuit),
    remoteId: textOf(remote),
  };
}

function textOf(hex: string | undefined): Identifier | null {
  return hex === undefined ? null : formatIdentifier(Buffer.from(hex, 'hex'));
}

function bytesOf(identifier: Identifier): Buffer {
  const bytes = parseIdentifier(identifier);
  if (bytes === undefined) throw new TypeError(`not a canonical identifier: ${identifier}`);
  return bytes;
}
