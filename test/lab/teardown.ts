import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Processes } from './processes.ts';

/** Undoes everything the lab has made, whatever it had come to; safe to ask for more than once. */
export class Teardown {
  readonly #processes: Processes[] = [];
  readonly #namespaces: string[] = [];
  readonly #folders: string[] = [];
  #done: Promise<void> | undefined;
  #kept = false;

  constructor() {
    // the last resort, where nothing can be awaited: an exception that nobody caught
    process.once('exit', () => {
      if (this.#kept) return;
      for (const processes of this.#processes) processes.killAllNow();
      this.#removeNamespaces();
    });
  }

  stopAtEnd(processes: Processes): void {
    this.#processes.push(processes);
  }

  removeNamespacesAtEnd(names: readonly string[]): void {
    this.#namespaces.push(...names);
  }

  removeFolderAtEnd(path: string): void {
    this.#folders.push(path);
  }

  /** From here on nothing is undone. Gives the command that undoes it. */
  keep(): string {
    this.#kept = true;
    const pids = this.#processes.flatMap((processes) => processes.pids);
    const namespaces = this.#namespaces.filter((name) => existsSync(`/run/netns/${name}`));
    return [
      ...(pids.length === 0 ? [] : [`kill ${pids.join(' ')}`, 'sleep 2']),
      ...namespaces.map((name) => `ip netns del ${name}`),
      ...(this.#folders.length === 0 ? [] : [`rm -r ${this.#folders.join(' ')}`]),
    ].join('; ');
  }

  run(): Promise<void> {
    if (this.#kept) return Promise.resolve();
    this.#done ??= this.#undo();
    return this.#done;
  }

  async #undo(): Promise<void> {
    await Promise.all(this.#processes.map((processes) => processes.stopAll()));
    this.#removeNamespaces();
    await Promise.all(this.#folders.map((path) => rm(path, { recursive: true, force: true })));
  }

  /** Their interfaces go with them. Names that are not there (any more) are no matter. */
  #removeNamespaces(): void {
    for (const name of this.#namespaces) spawnSync('ip', ['netns', 'del', name], { stdio: 'ignore' });
  }
}
