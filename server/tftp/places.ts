import type { Endpoint } from '../net/datagram.ts';
import type { TftpSession } from './session.ts';

/** One request being served, from the moment it is read to the end of its transfer. */
export interface TftpPlace {
  readonly client: Endpoint;
  /** The request as it came: the same bytes again are a repetition, others a new wish. */
  readonly request: Buffer;
  /** Logical name of the file. */
  readonly name: string;
  /** Size of what is sent, once the file is found. */
  totalBytes: number;
  /** Set once the transfer has its socket. */
  session: TftpSession | undefined;
  /** The place was given back: whatever still runs for it must end without a word. */
  left: boolean;
}

export interface TftpPlaceLimits {
  /** Requests served at once; each holds a socket. */
  readonly sessions: number;
  /** The same, from one client address. */
  readonly sessionsPerClient: number;
}

/** Who is being served: one place a client endpoint, so many in all, so many a client address. */
export class TftpPlaces {
  readonly #limits: TftpPlaceLimits;
  readonly #byEndpoint = new Map<string, TftpPlace>();
  readonly #countByAddress = new Map<string, number>();

  constructor(limits: TftpPlaceLimits) {
    this.#limits = limits;
  }

  /** The place of this client endpoint, if it has one. */
  find(client: Endpoint): TftpPlace | undefined {
    return this.#byEndpoint.get(endpointKey(client));
  }

  /** Which limit stands against one more place for this client; undefined: none. */
  fullFor(client: Endpoint): string | undefined {
    const { sessions, sessionsPerClient } = this.#limits;
    if (this.#byEndpoint.size >= sessions) return `${sessions} transfers are under way`;
    const own = this.#countByAddress.get(client.address) ?? 0;
    return own >= sessionsPerClient ? `${own} transfers to this client are under way` : undefined;
  }

  /** Takes a place. The caller has made sure that the endpoint has none and that there is room. */
  take(client: Endpoint, request: Buffer, name: string): TftpPlace {
    const place: TftpPlace = { client, request, name, totalBytes: 0, session: undefined, left: false };
    this.#byEndpoint.set(endpointKey(client), place);
    this.#countByAddress.set(client.address, (this.#countByAddress.get(client.address) ?? 0) + 1);
    return place;
  }

  /** Gives a place back; false when it was given back before. */
  leave(place: TftpPlace): boolean {
    if (place.left) return false;
    place.left = true;
    this.#byEndpoint.delete(endpointKey(place.client));
    const { address } = place.client;
    const others = (this.#countByAddress.get(address) ?? 1) - 1;
    if (others === 0) this.#countByAddress.delete(address);
    else this.#countByAddress.set(address, others);
    return true;
  }

  /** All places, as they are now. */
  list(): readonly TftpPlace[] {
    return [...this.#byEndpoint.values()];
  }
}

function endpointKey({ address, port }: Endpoint): string {
  return `${address} ${port}`;
}
