import { type Parsed, parseCommandLine } from '../../src/cli/command-line.ts';
import { loadAllCommands } from '../../src/cli/command-table.ts';
import { UsageError } from '../../src/cli/errors.ts';

export const COMMANDS = await loadAllCommands();

type Run = Extract<Parsed, { kind: 'run' }>;

/** The command that a line typed to `provision` is, without running it; throws what the parser throws. */
export function parseLine(line: string): Run {
  const parsed = parseCommandLine(wordsOf(line), COMMANDS, { USER: 'Ada' });
  if (parsed.kind !== 'run') throw new Error(`not a command: ${line}`);
  return parsed;
}

/** How a wrong line is refused. */
export function usageError(line: string): UsageError {
  try {
    parseLine(line);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error(`no usage error: ${line}`);
}

/** Words of a line as a shell splits it, as far as these tests quote. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');
}
