import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Processes } from './processes.ts';

export interface AgentFiles {
  readonly kernel: string;
  readonly initrd: string;
}

/**
 * Builds the deploy agent with the drivers of virtual machines, and beside it the loader that starts a UEFI machine's
 * own disk, from packages cached below `cacheDir`.
 */
export async function buildAgent(
  processes: Processes,
  paths: { root: string; outDir: string; cacheDir: string },
): Promise<AgentFiles> {
  const script = join(paths.root, 'scripts/build-agent.mjs');
  await access(script);
  const args = [script, '--lab', '--out', paths.outDir, '--cache', join(paths.cacheDir, 'packages')];
  await processes.run(process.execPath, args, { timeoutMs: 300_000 });
  const loaders = join(paths.root, 'scripts/build-loaders.mjs');
  const loaderArgs = [loaders, '--out', paths.outDir, '--cache', join(paths.cacheDir, 'packages')];
  await processes.run(process.execPath, loaderArgs, { timeoutMs: 300_000 });
  return { kernel: join(paths.outDir, 'vmlinuz'), initrd: join(paths.outDir, 'initrd.gz') };
}
