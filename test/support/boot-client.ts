import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpApp } from '../../server/http/http-listener.ts';

/** A booting machine: HTTP from an address of its own. All of 127.0.0.0/8 is this machine's loopback. */
export interface BootClient {
  fetch(path: string, options?: FetchOptions): Promise<Fetched>;
}

export interface FetchOptions {
  readonly from?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

export interface Fetched {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  /** The answer ended before it was whole. */
  readonly isBroken: boolean;
}

/** Starts the app on a free port of 127.0.0.1, and asks from `address` unless a request says otherwise. */
export async function startBootClient(app: HttpApp, address: string): Promise<BootClient> {
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return {
    fetch: (path, { from = address, method = 'GET', headers = {}, body } = {}) =>
      new Promise((resolve, reject) => {
        const options = { host: '127.0.0.1', port, path, method, localAddress: from, headers, agent: false };
        const sent = request(options, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          const finish = (isBroken: boolean) => {
            const text = Buffer.concat(chunks).toString();
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text, isBroken });
          };
          response.on('end', () => finish(false));
          response.on('error', () => finish(true));
        });
        sent.on('error', reject);
        sent.end(body);
      }),
  };
}
