import type { Config } from '../../src/config.ts';
import { createListenerSet, type ListenerSet } from '../listeners/listener-set.ts';
import type { AdminTls } from '../tls/admin-tls.ts';
import { buildHttpApp, type HttpAppDeps } from './app.ts';
import { createTcpListener, createUnixListener, type HttpApp } from './http-listener.ts';

export interface HttpParts {
  readonly api: HttpAppDeps;
  readonly bootApp: HttpApp;
  readonly config: Config;
  readonly socketPath: string;
  readonly tls: AdminTls;
}

/** The API on the unix socket (without tokens) and on TCP (with them), and what machines fetch. */
export function createHttpListeners({ api, bootApp, config, socketPath, tls }: HttpParts): ListenerSet {
  const admin = buildHttpApp({ ...api, proxies: config.http.proxies }, 'token', tls.options);
  tls.attach(admin.server);
  const bootAt = { address: config.boot.listen, port: config.boot.port };
  return createListenerSet([
    {
      listener: createUnixListener('api (local)', buildHttpApp(api, 'socket'), socketPath),
      address: socketPath,
    },
    {
      listener: createTcpListener('api', admin, config.http.listen),
      address: tcp(config.http.listen),
    },
    { listener: createTcpListener('boot http', bootApp, bootAt), address: tcp(bootAt) },
  ]);
}

function tcp({ address, port }: { address: string; port: number }): string {
  return `tcp ${address}:${port}`;
}
