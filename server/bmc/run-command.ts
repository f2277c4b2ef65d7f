import { spawn } from 'node:child_process';
import { BmcError } from '../../src/domain/bmc-error.ts';

export interface CommandRun {
  readonly program: string;
  readonly args: readonly string[];
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
  readonly timeoutMs: number;
}

export interface CommandResult {
  /** Null where a signal ended it. */
  readonly exitStatus: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const MOST_OUTPUT_BYTES = 64 * 1024;
/** From SIGTERM, on which a tool may log out of its BMC, to SIGKILL. */
const GRACE_MS = 2000;
/** For the rest of its output, which a process that it left behind might hold open for ever. */
const DRAIN_MS = 1000;

/**
 * Runs one program without a shell, in a process group of its own, in `/`, with the given environment and nothing else. The
 * whole group is ended when time is over, when the caller gives up, and when it writes more than 64 KiB.
 */
export function runCommand(run: CommandRun, signal: AbortSignal): Promise<CommandResult> {
  if (signal.aborted) return Promise.reject(new BmcError('timeout', 'the command was given up'));
  return new Promise((resolve, reject) => {
    const child = spawn(run.program, run.args, {
      cwd: '/',
      env: run.env,
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own: what it starts ends with it.
      detached: true,
    });
    let failure: BmcError | undefined;
    let exited = false;
    const timers: NodeJS.Timeout[] = [];
    const killGroup = (name: NodeJS.Signals): void => {
      // Not once it is reaped: its number may be another's then.
      if (exited || child.pid === undefined) return;
      try {
        process.kill(-child.pid, name);
      } catch {
        // It has just gone.
      }
    };
    const end = (error: BmcError): void => {
      if (failure !== undefined) return;
      failure = error;
      killGroup('SIGTERM');
      timers.push(setTimeout(() => killGroup('SIGKILL'), GRACE_MS));
    };
    const abort = (): void => end(new BmcError('timeout', 'the command was given up'));
    const settle = (act: () => void): void => {
      for (const timer of timers) clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      act();
    };
    const late = new BmcError('timeout', `the command did not end within ${run.timeoutMs / 1000} s`);
    timers.push(setTimeout(() => end(late), run.timeoutMs));
    signal.addEventListener('abort', abort);

    let size = 0;
    const collect = (stream: NodeJS.ReadableStream): Buffer[] => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MOST_OUTPUT_BYTES)
          end(new BmcError('malformed', `the command wrote more than ${MOST_OUTPUT_BYTES} bytes`));
        else chunks.push(chunk);
      });
      return chunks;
    };
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    const text = (chunks: readonly Buffer[]) => Buffer.concat(chunks).toString('utf8');
    // A program that does not read its input closes it; that is its business.
    child.stdin.on('error', () => undefined);
    child.stdin.end(run.stdin);

    child.on('error', (error: NodeJS.ErrnoException) =>
      settle(() =>
        reject(new BmcError('unsupported', `${run.program} cannot be started (${error.code ?? 'unknown'})`)),
      ),
    );
    child.on('exit', () => {
      exited = true;
      timers.push(
        setTimeout(() => {
          child.stdout.destroy();
          child.stderr.destroy();
        }, DRAIN_MS),
      );
    });
    child.on('close', (exitStatus) =>
      settle(() => {
        if (failure === undefined) resolve({ exitStatus, stdout: text(stdout), stderr: text(stderr) });
        else reject(failure);
      }),
    );
  });
}
