import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerAddress } from '../../src/cli/connect/server-address.ts';

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A small HTTP server on loopback or on a unix socket of its own folder. */
export interface ApiServer {
  readonly address: ServerAddress;
  readonly received: Received[];
  stop(): Promise<void>;
}

/** Starts a server that answers every request by `answer`. */
export async function startApiServer(
  kind: 'tcp' | 'unix',
  answer: (request: Received, response: ServerResponse) => void,
): Promise<ApiServer> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, url, headers, body: Buffer.concat(chunks).toString('utf8') };
      received.push(one);
      answer(one, response);
    });
  });
  const folder = kind === 'unix' ? mkdtempSync(join(tmpdir(), 'api-server-')) : undefined;
  const address = await listen(server, folder);
  return {
    address,
    received,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      if (folder !== undefined) rmSync(folder, { recursive: true });
    },
  };
}

function listen(server: Server, folder: string | undefined): Promise<ServerAddress> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    if (folder !== undefined) {
      const path = join(folder, 'provision.sock');
      server.listen(path, () => resolve({ kind: 'unix', path }));
      return;
    }
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({ kind: 'url', url: `http://127.0.0.1:${port}` });
    });
  });
}
