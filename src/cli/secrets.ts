import type { CliDeps } from './deps.ts';
import { UsageError } from './errors.ts';

/**
 * A secret from a pipe, or asked for without echo. Never from the command line, which every user of the machine can
 * read in the process list. White space around it (the line's end) is not part of it.
 */
export async function readSecret(
  what: string,
  deps: Pick<CliDeps, 'readStdin' | 'prompt' | 'stdinIsTty'>,
): Promise<string> {
  const text = deps.stdinIsTty ? await deps.prompt(`${what}: `, { secret: true }) : await deps.readStdin();
  const secret = text.trim();
  if (secret === '')
    throw new UsageError(`no ${what} came from stdin`, `pipe it in: printf %s "$VALUE" | provision …`);
  return secret;
}
