import { dirname, join } from 'node:path';
import type { Processes } from './processes.ts';

/** Some commands wait until what they ask for is done. */
const LIMIT_MS = 300_000;

/** The user's way in: the lab does nothing to the server that a user could not do with this command. */
export class ProvisionCommand {
  readonly #processes: Processes;
  readonly #program: string;
  readonly #socket: string;

  constructor(processes: Processes, root: string, socket: string) {
    this.#processes = processes;
    this.#program = join(root, 'dist/cli/provision.cjs');
    this.#socket = socket;
  }

  /** `provision --server unix:… --json ARGS`; the record or list that it prints. */
  async run(...args: string[]): Promise<unknown> {
    return this.runWithInput('', ...args);
  }

  /** The same for a command that reads a secret from its standard input. */
  async runWithInput(input: string, ...args: string[]): Promise<unknown> {
    const text = await this.#processes.run(process.execPath, this.#line(args), {
      timeoutMs: LIMIT_MS,
      input,
    });
    return text.trim() === '' ? undefined : JSON.parse(text);
  }

  /** All that a user reads of it. */
  async text(...args: string[]): Promise<string> {
    const [program = '', ...rest] = this.#line(args);
    const line = [program, ...rest.filter((word) => word !== '--json')];
    return this.#processes.run(process.execPath, line, { timeoutMs: LIMIT_MS, withStderr: true });
  }

  /** Starts a command that goes on; it writes its JSON lines to the file. */
  async follow(logFile: string, ...args: string[]): Promise<void> {
    await this.#processes.start(process.execPath, this.#line(args), { logFile });
  }

  /** The folder of the socket: where the server keeps its files. */
  get dataDir(): string {
    return dirname(this.#socket);
  }

  #line(args: readonly string[]): string[] {
    return [this.#program, '--server', `unix:${this.#socket}`, '--json', ...args];
  }
}
