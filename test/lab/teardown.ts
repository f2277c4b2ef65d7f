import { spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { namespaceNames } from './network.ts';
import type { Processes } from './processes.ts';

/** Undoes everything the lab has made, whatever it had come to; safe to ask for more than once. */
export class Teardown {
  readonly #processes: Processes;
  readonly #prefix: string;
  readonly #folders: string[] = [];
  #done: Promise<void> | undefined;
  #kept = false;

  constructor(processes: Processes, prefix: string) {
    this.#processes = processes;
    this.#prefix = prefix;
    // the last resort, where nothing can be awaited: an exception that nobody caught
    process.once('exit', () => {
      if (this.#kept) return;
      this.#processes.killAllNow();
      this.#removeNamespaces();
    });
  }

  removeFolderAtEnd(path: string): void {
    this.#folders.push(path);
  }

  /** From here on nothing is undone. */
  keep(): void {
    this.#kept = true;
  }

  run(): Promise<void> {
    if (this.#kept) return Promise.resolve();
    this.#done ??= this.#undo();
    return this.#done;
  }

  async #undo(): Promise<void> {
    await this.#processes.stopAll();
    this.#removeNamespaces();
    await Promise.all(this.#folders.map((path) => rm(path, { recursive: true, force: true })));
  }

  /** Their interfaces go with them. Names that are not there (any more) are no matter. */
  #removeNamespaces(): void {
    for (const name of namespaceNames(this.#prefix))
      spawnSync('ip', ['netns', 'del', name], { stdio: 'ignore' });
  }
}
