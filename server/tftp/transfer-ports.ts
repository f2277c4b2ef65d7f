import type { Endpoint } from '../net/datagram.ts';
import type { Peer, PeerHandlers, PeerSocket } from '../net/peer-socket.ts';

/** Ports that transfers share once so many are open: enough that a forger has to guess, few enough to be read in one go. */
const SHARED_PORTS = 4;
/** Clients that one port meets in its life; then it takes no new ones and goes with its last transfer. */
const CLIENTS_A_PORT = 1_024;

interface OpenPort {
  readonly socket: Promise<PeerSocket>;
  /** Every client endpoint that it has met. */
  readonly met: Set<string>;
  users: number;
}

/** A transfer's end of the conversation, until it is given back. */
export interface TransferPort {
  readonly peer: Peer;
  /** Gives it back; resolves when the port is closed, or at once where others still use it. */
  release(): Promise<void>;
}

/**
 * The ports that transfers leave from. A transfer is told by both its ends (RFC 1350 §4), so several can share one
 * port; but no client endpoint meets a port twice, or a late packet of its last transfer would count in the next.
 */
export class TransferPorts {
  readonly #open: () => Promise<PeerSocket>;
  readonly #ports = new Set<OpenPort>();

  constructor(open: () => Promise<PeerSocket>) {
    this.#open = open;
  }

  /** Rejects with the system's error where there is no socket to be had. */
  async take(client: Endpoint, handlers: PeerHandlers): Promise<TransferPort> {
    const key = `${client.address} ${client.port}`;
    const port = this.#choose(key);
    port.met.add(key);
    port.users += 1;
    const release = async (): Promise<void> => {
      port.users -= 1;
      if (port.users > 0) return;
      this.#ports.delete(port);
      await port.socket.then((socket) => socket.close());
    };
    try {
      const peer = (await port.socket).add(client, handlers);
      return {
        peer,
        release: () => {
          peer.leave();
          return release();
        },
      };
    } catch (error) {
      await release().catch(() => {});
      throw error;
    }
  }

  #choose(key: string): OpenPort {
    const fitting = [...this.#ports].filter(({ met }) => met.size < CLIENTS_A_PORT && !met.has(key));
    const [first] = fitting.sort((a, b) => a.users - b.users);
    if (first !== undefined && this.#ports.size >= SHARED_PORTS) return first;
    const port: OpenPort = { socket: this.#open(), met: new Set(), users: 0 };
    this.#ports.add(port);
    return port;
  }
}
