import { type ChildProcess, spawn } from 'node:child_process';

/** A program of a hand-off, without a shell. */
export interface ProgramRun {
  readonly program: string;
  readonly args: readonly string[];
  /** All of its environment, but for the mark. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly timeoutMs: number;
  /** Stands in the environment of everything that the program starts, by which it is found again. */
  readonly mark: string;
  /** What it writes, stdout and stderr alike, as it comes. */
  readonly onOutput: (bytes: Buffer) => void;
}

export type ProgramEnd =
  /** Null: a signal ended it. */
  | { readonly kind: 'exited'; readonly exitStatus: number | null }
  | { readonly kind: 'too-late' }
  | { readonly kind: 'not-started'; readonly code: string };

/** The variable that the mark stands in. */
export const MARK_VARIABLE = 'PROVISION_HANDOFF_RUN';

/** From SIGTERM to SIGKILL. */
const GRACE_MS = 3000;
/** For the rest of its output, which a process that it left behind might hold open. */
const DRAIN_MS = 1000;

/**
 * Runs a program in a process group of its own; the whole group is ended when time is over or the signal comes, and then
 * the promise rejects with the signal's reason.
 *
 * The service may be killed. `setpriv --pdeathsig` (util-linux) has the kernel kill the program in that instant, without privilege,
 * another process or an init system. It reaches the program itself and nothing that this has started: workers of Ansible
 * would go on with their task and every item of its loop. Those are found by their mark, and ended by a keeper (with-keeper.ts), or
 * else when the service starts again (leftovers.ts). A PID namespace would reach all of them at once, but needs a
 * privilege that the service does not have (RestrictNamespaces= in deploy/provisiond.service).
 */
export async function runProgram(run: ProgramRun, signal: AbortSignal): Promise<ProgramEnd> {
  signal.throwIfAborted();
  const child = spawn('/usr/bin/setpriv', ['--pdeathsig', 'KILL', '--', run.program, ...run.args], {
    cwd: run.cwd,
    env: { ...run.env, [MARK_VARIABLE]: run.mark },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const end = groupEnd(child);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    end();
  }, run.timeoutMs);
  signal.addEventListener('abort', end);
  for (const stream of [child.stdout, child.stderr]) stream.on('data', run.onOutput);
  try {
    const ended = await endOf(child);
    signal.throwIfAborted();
    return isLate ? { kind: 'too-late' } : ended;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}

/** Ends the group that the child leads: SIGTERM, then SIGKILL when its grace is over or its leader is gone. */
function groupEnd(child: ChildProcess): () => void {
  let grace: NodeJS.Timeout | undefined;
  const kill = (name: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // Nobody of it is left.
    }
  };
  child.on('exit', () => {
    if (grace === undefined) return;
    clearTimeout(grace);
    kill('SIGKILL');
  });
  return () => {
    if (grace !== undefined || child.exitCode !== null || child.signalCode !== null) return;
    grace = setTimeout(() => kill('SIGKILL'), GRACE_MS);
    kill('SIGTERM');
  };
}

/** How it ended, once all of its output is here. setpriv says 127 and 126 of a program that cannot be started. */
function endOf(child: ChildProcess): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    let drain: NodeJS.Timeout | undefined;
    child.on('error', ({ code }: NodeJS.ErrnoException) =>
      resolve({ kind: 'not-started', code: code ?? 'unknown' }),
    );
    child.on('exit', () => {
      drain = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, DRAIN_MS);
    });
    child.on('close', (exitStatus) => {
      clearTimeout(drain);
      if (exitStatus === 127 || exitStatus === 126)
        return resolve({ kind: 'not-started', code: exitStatus === 127 ? 'ENOENT' : 'EACCES' });
      resolve({ kind: 'exited', exitStatus });
    });
  });
}
