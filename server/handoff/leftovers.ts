import { readdir, readFile } from 'node:fs/promises';
import { MARK_VARIABLE } from './run-program.ts';

/**
 * Ends every process whose mark begins so, and says how many there were: connections that ssh keeps open for the next
 * task, and what outlived a service that was killed. A process shows its environment to its own user only, so those of
 * others are never looked at.
 */
export async function endLeftovers(markBegin: string): Promise<number> {
  let ended = 0;
  for (const pid of await listPids()) {
    if (pid === process.pid || !(await isMarked(pid, markBegin))) continue;
    try {
      process.kill(pid, 'SIGKILL');
      ended += 1;
    } catch {
      // It has ended by itself.
    }
  }
  return ended;
}

async function listPids(): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  return names.filter((name) => /^[1-9][0-9]*$/.test(name)).map(Number);
}

async function isMarked(pid: number, markBegin: string): Promise<boolean> {
  const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
  return environment.split('\0').some((entry) => entry.startsWith(`${MARK_VARIABLE}=${markBegin}`));
}
