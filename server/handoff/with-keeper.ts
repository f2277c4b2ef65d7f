import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** From the sources (in tests) the built file is used: node starts no TypeScript. */
const KEEPER = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/server/handoff/keeper.js' : './keeper.js',
  import.meta.url,
);

/** Does the work while a keeper stands by; afterwards nothing runs any more that has this mark in its environment. */
export async function withKeeper<T>(mark: string, work: () => Promise<T>): Promise<T> {
  // A process group of its own: who ends ours with Ctrl-C does not end the one that cleans up behind it.
  const keeper = spawn(process.execPath, [fileURLToPath(KEEPER), mark], {
    cwd: '/',
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const gone = new Promise<void>((resolve) => keeper.once('close', () => resolve()));
  keeper.stdin.on('error', () => undefined);
  try {
    await new Promise((resolve, reject) => keeper.once('spawn', resolve).once('error', reject));
    return await work();
  } finally {
    keeper.stdin.end();
    if (keeper.pid !== undefined) await gone;
  }
}
