import { spawnSync } from 'node:child_process';

/** Is there a command of this name? For checks by programs that not every machine has. */
export function hasCommand(name: string): boolean {
  return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', name]).status === 0;
}
