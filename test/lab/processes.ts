import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Written to standard input, which is then closed. */
  readonly input?: string;
  /** The program is killed and the run fails after this long. Default two minutes. */
  readonly timeoutMs?: number;
  /** What it writes to standard error belongs to its output. */
  readonly withStderr?: true;
}

export interface StartOptions {
  /** Standard output and standard error go to this file. */
  readonly logFile: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** A program that did not end with status 0. */
export class CommandFailed extends Error {
  readonly status: number | null;
  readonly stderr: string;

  constructor(command: string, status: number | null, stderr: string, stdout: string) {
    const said = stderr.trim() || stdout.trim();
    super(`${command}: ${status === null ? 'killed' : `exit status ${status}`}${said ? `: ${said}` : ''}`);
    this.name = 'CommandFailed';
    this.status = status;
    this.stderr = stderr;
  }
}

/**
 * Every program that the lab starts, so that it can end exactly those. Each gets its own process group: Ctrl-C at
 * the terminal then reaches the lab alone, which takes things down in order.
 */
export class Processes {
  readonly #live = new Set<ChildProcess>();
  #stopping = false;

  /** Runs a program to its end, never through a shell. @returns its standard output */
  async run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
    const child = this.#spawn(command, args, 'pipe', options);
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
    const words = options.withStderr ? stdout : stderr;
    child.stderr?.on('data', (chunk: Buffer) => words.push(chunk));
    child.stdin?.on('error', () => {}); // a program that does not read its input is no error
    child.stdin?.end(options.input ?? '');
    const timer = setTimeout(() => killGroup(child, 'SIGKILL'), options.timeoutMs ?? 120_000);
    try {
      const [status] = (await once(child, 'close')) as [number | null];
      if (status === 0) return Buffer.concat(stdout).toString();
      const line = [command, ...args].join(' ');
      throw new CommandFailed(
        line,
        status,
        Buffer.concat(stderr).toString(),
        Buffer.concat(stdout).toString(),
      );
    } finally {
      clearTimeout(timer);
    }
  }

  /** Starts a program that stays. */
  async start(command: string, args: readonly string[], options: StartOptions): Promise<ChildProcess> {
    const log = createWriteStream(options.logFile, { flags: 'a' });
    await once(log, 'open');
    const child = this.#spawn(command, args, log, options);
    child.once('close', () => log.close());
    await once(child, 'spawn');
    return child;
  }

  #spawn(
    command: string,
    args: readonly string[],
    output: 'pipe' | ReturnType<typeof createWriteStream>,
    options: { cwd?: string; env?: NodeJS.ProcessEnv },
  ): ChildProcess {
    if (this.#stopping) throw new Error('the lab is being taken down');
    const child = spawn(command, [...args], {
      cwd: options.cwd,
      env: options.env ?? process.env,
      detached: true,
      stdio: [output === 'pipe' ? 'pipe' : 'ignore', output, output],
    });
    this.#live.add(child);
    child.once('close', () => this.#live.delete(child));
    child.once('error', () => this.#live.delete(child));
    return child;
  }

  /** Process ids of everything that is still running. */
  get pids(): number[] {
    return [...this.#live].flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  }

  /** Ends everything still running: SIGTERM, and SIGKILL for what is there three seconds later. */
  async stopAll(): Promise<void> {
    this.#stopping = true;
    await Promise.all([...this.#live].map((child) => stopProcess(child, 3000)));
  }

  /** For the last moment of the lab's own process, where nothing can be awaited. */
  killAllNow(): void {
    this.#stopping = true;
    for (const child of this.#live) killGroup(child, 'SIGKILL');
  }
}

export function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** SIGTERM, then SIGKILL after `graceMs`. Resolves once the program is gone. */
export async function stopProcess(child: ChildProcess, graceMs: number): Promise<void> {
  if (hasEnded(child)) return;
  const gone = once(child, 'exit');
  killGroup(child, 'SIGTERM');
  const timer = setTimeout(() => killGroup(child, 'SIGKILL'), graceMs);
  await gone;
  clearTimeout(timer);
}

/** SIGKILL to the program alone: what it has started has to notice by itself. Resolves once it is gone. */
export async function killProcess(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  if (child.kill('SIGKILL')) await gone;
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || hasEnded(child)) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // it ended between the question and the signal
  }
}
