import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What this process holds when nothing is garbage. */
export interface Held {
  /** JavaScript objects and the memory of buffers. */
  readonly bytes: number;
  /** Sockets, timers, files and requests that keep the process alive, by kind. */
  readonly resources: ReadonlyMap<string, number>;
}

/** Collects garbage and measures. A turn of the event loop lets closed handles go first. */
export async function measureHeld(): Promise<Held> {
  await new Promise((resolve) => setImmediate(resolve));
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const resources = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) resources.set(kind, (resources.get(kind) ?? 0) + 1);
  return { bytes: heapUsed + arrayBuffers, resources };
}

/** What `after` holds that `before` did not; empty where no more resources are held. Immediates are measuring itself. */
export function moreResources(before: Held, after: Held): string[] {
  return [...after.resources].flatMap(([kind, count]) => {
    const more = count - (before.resources.get(kind) ?? 0);
    return more > 0 && kind !== 'Immediate' ? [`${more} × ${kind}`] : [];
  });
}
