import { Server, type ServerOptions, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { KernelSender } from '../../net/send-file.ts';
import type { BootAnswer, BootRequest } from './answer.ts';
import { createOutlet } from './outlet.ts';
import { type PlainConnection, type PlainTimes, servePlainRequests } from './plain-connection.ts';

export interface BootServerParts {
  readonly answer: (request: BootRequest) => Promise<BootAnswer>;
  readonly times: PlainTimes;
  /** All requests of such a peer are read by Node. */
  readonly isProxy: (address: string) => boolean;
  readonly kernel?: KernelSender | undefined;
  readonly nowMs: () => number;
}

/**
 * The server of node:http, which is not asked for plain requests: reading one and writing its head costs it more than the
 * answer. A connection is its from the first request on that is not plain.
 */
export class BootServer extends Server {
  readonly #connections = new Map<Socket, PlainConnection>();

  constructor(options: ServerOptions, parts: BootServerParts) {
    super(options, (request, response) => {
      void parts.answer(request).then((answer) => respond(response, answer));
    });
    const listeners = this.listeners('connection');
    this.removeAllListeners('connection');
    const toNode = (socket: Socket): void => {
      this.#connections.delete(socket);
      for (const listener of listeners) listener.call(this, socket);
    };
    this.on('connection', (socket: Socket) => {
      if (socket.destroyed) return;
      if (parts.isProxy(socket.remoteAddress ?? '')) return toNode(socket);
      const handOver = (bytes: Buffer): void => {
        toNode(socket);
        socket.unshift(bytes);
      };
      this.#connections.set(socket, servePlainRequests(socket, { ...parts, handOver }));
      socket.once('close', () => this.#connections.delete(socket));
    });
  }

  override closeIdleConnections(): void {
    super.closeIdleConnections();
    for (const connection of this.#connections.values()) connection.finish();
  }

  override closeAllConnections(): void {
    super.closeAllConnections();
    for (const socket of this.#connections.keys()) socket.destroy();
  }
}

async function respond(response: ServerResponse, { status, headers, body }: BootAnswer): Promise<void> {
  response.writeHead(status, headers as string[]);
  if (typeof body !== 'function') {
    response.end(body);
    return;
  }
  await body(createOutlet(response));
  // A file that is not whole, or not the same any more: the machine must not take it for what it asked for.
  if (!response.writableEnded) response.destroy();
}
