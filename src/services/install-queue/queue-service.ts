import type { Install } from '../../domain/install/install.ts';
import type { Actor } from '../deps.ts';
import { type BulkInstalls, createBulkInstalls } from './bulk-installs.ts';
import { createInstallLists, type InstallLists } from './install-lists.ts';
import { createInstallQueue, type InstallQueue } from './install-queue.ts';
import { moveInstall } from './move-install.ts';
import type { QueueDeps } from './queue-deps.ts';

/** Installs of many machines: asked for together, begun in their turn. */
export interface InstallQueueService {
  readonly bulk: BulkInstalls;
  readonly queue: InstallQueue;
  readonly lists: InstallLists;
  /** Gives an install that waits another place. */
  move(body: unknown, actor: Actor): Promise<Install>;
}

export function installQueueService(queue: QueueDeps): InstallQueueService {
  return {
    bulk: createBulkInstalls(queue),
    queue: createInstallQueue(queue),
    lists: createInstallLists(queue),
    move: (body, actor) => moveInstall(queue.deps, body, actor),
  };
}
