import { join } from 'node:path';
import type { Processes } from './processes.ts';

/** The user's way in: the lab does nothing to the server that a user could not do with this command. */
export class ProvisionCommand {
  readonly #processes: Processes;
  readonly #program: string;
  readonly #socket: string;

  constructor(processes: Processes, root: string, socket: string) {
    this.#processes = processes;
    this.#program = join(root, 'dist/src/cli/main.js');
    this.#socket = socket;
  }

  /** `provision --server unix:… --json ARGS`; the record or list that it prints. */
  async run(...args: string[]): Promise<unknown> {
    const all = [this.#program, '--server', `unix:${this.#socket}`, '--json', ...args];
    const text = await this.#processes.run(process.execPath, all, { timeoutMs: 60_000 });
    return text.trim() === '' ? undefined : JSON.parse(text);
  }
}
