import { readdir, readFile } from 'node:fs/promises';
import { MARK_VARIABLE } from './run-program.ts';

/** Somebody may start another process while he is ended; that one is found in the next round. */
const MOST_ROUNDS = 10;

/**
 * Ends every process whose mark begins so, and says how many there were: connections that ssh keeps open for the next
 * task, and what outlived a service that was killed. A process shows its environment to its own user only, so those of
 * others are never looked at.
 */
export async function endLeftovers(markBegin: string): Promise<number> {
  const ended = new Set<number>();
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const before = ended.size;
    for (const pid of await listPids())
      if (!ended.has(pid) && pid !== process.pid && (await isMarked(pid, markBegin)) && kill(pid))
        ended.add(pid);
    if (ended.size === before) break;
  }
  return ended.size;
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
    return false;
  }
}

async function listPids(): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  return names.filter((name) => /^[1-9][0-9]*$/.test(name)).map(Number);
}

async function isMarked(pid: number, markBegin: string): Promise<boolean> {
  const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
  return environment.split('\0').some((entry) => entry.startsWith(`${MARK_VARIABLE}=${markBegin}`));
}
