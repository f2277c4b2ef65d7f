import type { Logger } from 'pino';
import type { Config } from '../../../src/config.ts';
import { parseIpv4 } from '../../../src/domain/ipv4.ts';
import type { BootService } from '../../../src/services/boot.ts';
import type { BootFileService } from '../../../src/services/boot-files.ts';
import { distroTrees } from '../../../src/services/distro-trees.ts';
import type { Store } from '../../../src/store/store.ts';
import { createFileCache } from '../../file-cache.ts';
import { type Files, findProxyUri } from '../../files.ts';
import type { HttpApp } from '../http-listener.ts';
import { buildBootApp } from './app.ts';
import { createFileSender } from './send-file.ts';

export interface BootHttpParts {
  readonly boot: BootService;
  readonly bootFiles: BootFileService;
  readonly files: Files;
  readonly store: Store;
  readonly log: Logger;
  /** The port in the URLs that machines are given. */
  readonly httpPort: number;
  /** As it is now: a reload changes folders. */
  readonly config: () => Config;
}

/** The boot listener's app as the configuration wants it. */
export function openBootHttp({
  boot,
  bootFiles,
  files,
  store,
  log,
  httpPort,
  config,
}: BootHttpParts): HttpApp {
  const { proxies, maxConnections, stallSeconds } = config().boot;
  const findTree = distroTrees(store);
  return buildBootApp({
    boot,
    bootFiles,
    async findInTree(distro, name) {
      const tree = await findTree(distro);
      return tree === undefined ? undefined : files.locateInside(tree, name);
    },
    files: createFileSender(createFileCache(config().files.cacheMegabytes * 1024 * 1024)),
    findProxyUri: (path) => findProxyUri(path, config().files.accel),
    entrance: { httpPort, proxies: new Set(proxies.flatMap((text) => parseIpv4(text) ?? [])) },
    limits: { maxConnections, stallMs: stallSeconds * 1000 },
    log,
  });
}
