import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { RedfishRequest } from '../../../src/redfish/transport.ts';
import type { Certificate } from './certificate.ts';
import type { SimulatedRedfish } from './simulated-redfish.ts';

export interface RedfishServer {
  readonly port: number;
  /** Connections that were made to it. */
  readonly connections: () => number;
  stop(): Promise<void>;
}

/** Puts HTTPS in front of a simulated BMC, on loopback. `chain`: the certificate with those that signed it. */
export async function serveRedfish(
  bmc: SimulatedRedfish,
  certificate: Certificate,
  tls: Readonly<Record<string, unknown>> = {},
): Promise<RedfishServer> {
  let connections = 0;
  const server = createServer(
    { key: certificate.key, cert: certificate.cert, ...tls },
    async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const answer = bmc.handle({
        method: request.method as RedfishRequest['method'],
        path: request.url ?? '/',
        headers: request.headers as Record<string, string>,
        body: Buffer.concat(chunks).toString('utf8'),
      });
      response.writeHead(answer.status, answer.headers as Record<string, string>).end(answer.text);
    },
  );
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, bmc.address, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
