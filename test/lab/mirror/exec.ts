import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

interface RunOptions {
  readonly cwd?: string;
  /** Accept a non-zero exit: the caller looks at what was left behind instead. */
  readonly tolerant?: boolean;
}

/** Runs a program with an argument array, never through a shell, and gives its standard output. */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  try {
    const { stdout } = await execute(command, [...args], {
      cwd: options.cwd,
      maxBuffer: 256 * 1024 * 1024,
      env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
    });
    return stdout;
  } catch (error) {
    if (options.tolerant === true && error instanceof Error && 'stdout' in error) return String(error.stdout);
    const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new Error(`${command} ${args.slice(-3).join(' ')} failed: ${stderr || String(error)}`, {
      cause: error,
    });
  }
}
