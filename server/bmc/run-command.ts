import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { BmcError } from '../../src/domain/power/bmc-error.ts';

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
export async function runCommand(run: CommandRun, signal: AbortSignal): Promise<CommandResult> {
  const givenUp = (): BmcError => new BmcError('timeout', 'the command was given up');
  if (signal.aborted) throw givenUp();
  const child = spawn(run.program, run.args, { cwd: '/', env: run.env, stdio: 'pipe', detached: true });
  const group = groupOf(child);
  const abort = (): void => group.end(givenUp());
  const late = new BmcError('timeout', `the command did not end within ${run.timeoutMs / 1000} s`);
  const timer = setTimeout(() => group.end(late), run.timeoutMs);
  signal.addEventListener('abort', abort);
  const output = collectOutput(child, group.end);
  // A program that does not read its input closes it; that is its business.
  child.stdin.on('error', () => undefined);
  child.stdin.end(run.stdin);
  try {
    const exitStatus = await endOf(child, run.program);
    const failure = group.failure();
    if (failure !== undefined) throw failure;
    return { exitStatus, ...output() };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

interface Group {
  /** Ends all of it, for this reason; the first reason counts. */
  end(reason: BmcError): void;
  failure(): BmcError | undefined;
}

/** The process group that the child leads: SIGTERM, then SIGKILL when its grace is over or its leader is gone. */
function groupOf(child: ChildProcess): Group {
  let failure: BmcError | undefined;
  let grace: NodeJS.Timeout | undefined;
  const kill = (name: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // Nobody of it is left.
    }
  };
  // Only here after the leader was reaped: later on its number may be another's.
  child.on('exit', () => {
    clearTimeout(grace);
    if (failure !== undefined) kill('SIGKILL');
  });
  return {
    end(reason) {
      if (failure !== undefined || child.exitCode !== null || child.signalCode !== null) return;
      failure = reason;
      kill('SIGTERM');
      grace = setTimeout(() => kill('SIGKILL'), GRACE_MS);
    },
    failure: () => failure,
  };
}

/** Keeps what it writes; `end` is called for one that writes too much. */
function collectOutput(
  child: ChildProcessWithoutNullStreams,
  end: Group['end'],
): () => Pick<CommandResult, 'stdout' | 'stderr'> {
  let size = 0;
  const collect = (stream: Readable): (() => string) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MOST_OUTPUT_BYTES) chunks.push(chunk);
      else end(new BmcError('malformed', `the command wrote more than ${MOST_OUTPUT_BYTES} bytes`));
    });
    return () => Buffer.concat(chunks).toString('utf8');
  };
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  return () => ({ stdout: stdout(), stderr: stderr() });
}

/** Its exit status, once all of its output is here. */
function endOf(child: ChildProcessWithoutNullStreams, program: string): Promise<number | null> {
  return new Promise((resolve, reject) => {
    let drain: NodeJS.Timeout | undefined;
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(new BmcError('unsupported', `${program} cannot be started (${error.code ?? 'unknown'})`)),
    );
    child.on('exit', () => {
      drain = setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, DRAIN_MS);
    });
    child.on('close', (exitStatus) => {
      clearTimeout(drain);
      resolve(exitStatus);
    });
  });
}
