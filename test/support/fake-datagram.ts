import type { BindUdp, DatagramHandler, Endpoint } from '../../server/net/datagram.ts';

export interface SentDatagram {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly bytes: Buffer;
}

/** UDP without a network: what sockets send is kept, and the test is everybody else. */
export class FakeDatagrams {
  readonly sent: SentDatagram[] = [];
  /** Set to refuse the next binds with this system error code. */
  bindRefusal: string | undefined;
  /** Set to fail every send with this message. */
  sendFailure: string | undefined;
  readonly #open = new Map<string, { handler: DatagramHandler }>();
  #nextPort = 40_000;

  readonly bind: BindUdp = async ({ address, port }) => {
    if (this.bindRefusal !== undefined)
      throw Object.assign(new Error(`bind ${this.bindRefusal}`), { code: this.bindRefusal });
    const local = { address, port: port === 0 ? this.#nextPort++ : port };
    const socket: { handler: DatagramHandler } = { handler: () => {} };
    this.#open.set(key(local), socket);
    return {
      local,
      recvBufferBytes: 212_992,
      onMessage: (handler) => {
        socket.handler = handler;
      },
      send: (bytes, to, onFailure) => {
        if (this.sendFailure === undefined) this.sent.push({ from: local, to, bytes });
        else onFailure?.(new Error(this.sendFailure));
      },
      close: async () => {
        this.#open.delete(key(local));
      },
    };
  };

  /** Ports that are bound now. */
  get ports(): readonly string[] {
    return [...this.#open.keys()];
  }

  /** Hands a datagram to a bound socket; one to a port that nobody has is lost, as on a network. */
  deliver(bytes: Buffer, from: Endpoint, to: Endpoint): void {
    this.#open.get(key(to))?.handler(bytes, from);
  }

  /** Takes what was sent since the last call. */
  takeSent(): SentDatagram[] {
    return this.sent.splice(0);
  }
}

function key({ address, port }: Endpoint): string {
  return `${address}:${port}`;
}
