import type { Endpoint } from '../net/datagram.ts';
import type { BindPeers, Peer, PeerSocket } from '../net/peer-socket.ts';

/** Who takes the datagrams of one BMC. */
export interface LineHandlers {
  /** The bytes are valid during the call only. */
  message(bytes: Buffer): void;
  failure(error: Error): void;
}

/** The way to one BMC for one session. */
export interface Line {
  /** The bytes must not change any more. */
  send(bytes: Buffer): void;
  leave(): void;
}

/** All sessions with one BMC: mostly one, and a console beside it. Each knows by session IDs what is its own. */
interface Shared {
  readonly peer: Peer;
  readonly lines: Set<LineHandlers>;
}

/** Datagrams have no head of their own here. */
const NO_HEAD = Buffer.alloc(1);

/** One UDP socket for all sessions with all BMCs. A datagram counts only from the address and port that was asked. */
export class IpmiPorts {
  readonly #bind: BindPeers;
  readonly #onError: (error: Error) => void;
  readonly #shared = new Map<string, Shared>();
  #socket: Promise<PeerSocket> | undefined;

  constructor(bind: BindPeers, onError: (error: Error) => void) {
    this.#bind = bind;
    this.#onError = onError;
  }

  /** Rejects with the system's error where there is no socket to be had. */
  async open(bmc: Endpoint, handlers: LineHandlers): Promise<Line> {
    this.#socket ??= this.#openSocket();
    const socket = await this.#socket;
    const key = `${bmc.address} ${bmc.port}`;
    const shared = this.#shared.get(key) ?? this.#share(socket, bmc, key);
    shared.lines.add(handlers);
    return {
      send: (bytes) => shared.peer.sendRun(wholeDatagram(bytes)),
      leave: () => {
        shared.lines.delete(handlers);
        if (shared.lines.size > 0 || this.#shared.get(key) !== shared) return;
        this.#shared.delete(key);
        shared.peer.leave();
      },
    };
  }

  /** Nothing is sent or taken afterwards. */
  async close(): Promise<void> {
    await this.#socket?.then((socket) => socket.close());
  }

  #openSocket(): Promise<PeerSocket> {
    const socket = this.#bind({ address: '0.0.0.0', onStranger: () => {}, onError: this.#onError });
    // What could not be had now may be there for the next session.
    socket.catch(() => {
      this.#socket = undefined;
    });
    return socket;
  }

  #share(socket: PeerSocket, bmc: Endpoint, key: string): Shared {
    const lines = new Set<LineHandlers>();
    const peer = socket.add(bmc, {
      message: (bytes) => {
        for (const line of lines) line.message(bytes);
      },
      failure: (error) => {
        for (const line of lines) line.failure(error);
      },
    });
    const shared: Shared = { peer, lines };
    this.#shared.set(key, shared);
    return shared;
  }
}

/** As a run of one, so that what is sent in one turn leaves by one system call. */
function wholeDatagram(bytes: Buffer) {
  return {
    datagrams: 1,
    heads: NO_HEAD,
    headBytes: 0,
    firstHead: 0,
    body: bytes,
    start: 0,
    pieceBytes: bytes.length,
  };
}
