import type { BindUdp, Endpoint } from './datagram.ts';

/**
 * Datagrams to one peer, cut from one buffer: datagram i is the head `firstHead + i` and the `pieceBytes` of `body`
 * that begin at `start + i * pieceBytes`, the last one what is left of it. Neither buffer may change afterwards.
 */
export interface DatagramRun {
  readonly datagrams: number;
  /** A table of heads of equal length; behind its last one comes its first. */
  readonly heads: Buffer;
  readonly headBytes: number;
  readonly firstHead: number;
  readonly body: Buffer;
  readonly start: number;
  readonly pieceBytes: number;
}

/** Where the head of one datagram of a run begins in its table. */
export function headAt({ heads, headBytes, firstHead }: DatagramRun, index: number): number {
  return ((firstHead + index) * headBytes) % heads.length;
}

/** One datagram of a run, put together. */
export function runDatagram(run: DatagramRun, index: number): Buffer {
  const { heads, headBytes, body, start, pieceBytes } = run;
  const head = headAt(run, index);
  const from = start + index * pieceBytes;
  return Buffer.concat([heads.subarray(head, head + headBytes), body.subarray(from, from + pieceBytes)]);
}

export interface PeerHandlers {
  /** A datagram of this peer. The bytes are valid during the call only. */
  message(bytes: Buffer): void;
  /** Something could not be sent. It counts as lost. */
  failure(error: Error): void;
}

/** One other end on a socket that many share. */
export interface Peer {
  send(bytes: Buffer): void;
  sendRun(run: DatagramRun): void;
  /** From now on its datagrams are those of a stranger. */
  leave(): void;
}

/** A bound UDP socket that many conversations share, each told apart by the other end's address and port. */
export interface PeerSocket {
  readonly local: Endpoint;
  /** Starts a conversation; there must be none with this endpoint. */
  add(endpoint: Endpoint, handlers: PeerHandlers): Peer;
  close(): Promise<void>;
}

export interface PeerSocketOptions {
  /** Where to bind; the kernel chooses the port. */
  readonly address: string;
  /** A datagram of nobody who was added; `answer` sends one back. The bytes are valid during the call only. */
  readonly onStranger: (bytes: Buffer, answer: (bytes: Buffer) => void) => void;
  /** Errors of the socket that belong to no peer. */
  readonly onError: (error: Error) => void;
}

/** Rejects with the system's error (`code` EMFILE, EADDRNOTAVAIL …). */
export type BindPeers = (options: PeerSocketOptions) => Promise<PeerSocket>;

/** Peer sockets of Node's own, one system call a datagram: everywhere, also without the C library. */
export function plainPeers(bind: BindUdp): BindPeers {
  return async ({ address, onStranger, onError }) => {
    const socket = await bind({ address, port: 0, onError });
    const peers = new Map<string, PeerHandlers>();
    socket.onMessage((bytes, from) => {
      const known = peers.get(endpointKey(from));
      if (known !== undefined) known.message(bytes);
      else onStranger(bytes, (answer) => socket.send(answer, from));
    });
    return {
      local: socket.local,
      add(endpoint, handlers) {
        const key = endpointKey(endpoint);
        peers.set(key, handlers);
        return {
          send: (bytes) => socket.send(bytes, endpoint, handlers.failure),
          sendRun: (run) => {
            for (let index = 0; index < run.datagrams; index += 1)
              socket.send(runDatagram(run, index), endpoint, handlers.failure);
          },
          leave: () => peers.delete(key),
        };
      },
      close: () => socket.close(),
    };
  };
}

function endpointKey({ address, port }: Endpoint): string {
  return `${address} ${port}`;
}
