import { chmod, unlink } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createConnection } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { type Listener, portRefusal } from '../listeners/listener.ts';

/** What answers requests: an app of Fastify, or one of node:http. */
export interface HttpApp {
  readonly server: Server;
  listen(where: { host: string; port: number }): Promise<unknown>;
  close(): Promise<void>;
}

/** An app on a TCP address. Start rejects with PortRefused. */
export function createTcpListener(
  name: string,
  app: HttpApp,
  { address, port }: { address: string; port: number },
): Listener {
  return {
    name,
    async start() {
      try {
        await app.listen({ host: address, port });
      } catch (error) {
        throw portRefusal({ name, protocol: 'tcp', address, port }, error);
      }
    },
    stop: () => stopApp(app),
  };
}

/** An app on a unix socket that only its owner may open: mode 0600 in a folder of mode 0700. */
export function createUnixListener(name: string, app: FastifyInstance, path: string): Listener {
  return {
    name,
    async start() {
      await removeStale(path);
      const old = process.umask(0o177);
      try {
        await app.listen({ path });
      } finally {
        process.umask(old);
      }
      await chmod(path, 0o600);
    },
    stop: () => stopApp(app),
  };
}

async function stopApp(app: HttpApp): Promise<void> {
  // Keep-alive connections of idle clients would hold the close up until they time out.
  app.server.closeIdleConnections();
  const late = setTimeout(() => app.server.closeAllConnections(), 3_000);
  await app.close();
  clearTimeout(late);
}

/** A socket file that nobody answers on is left from a crash; the data folder's lock says that no other process runs. */
async function removeStale(path: string): Promise<void> {
  const alive = await new Promise<boolean>((resolve) => {
    const probe = createConnection(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
  if (alive) throw new Error(`another process answers on ${path}`);
  await unlink(path).catch(() => {});
}
