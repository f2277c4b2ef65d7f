import type { CommandContext } from '../command.ts';
import { LocalError } from '../errors.ts';

/** Asks where somebody sits at the terminal; scripts are not asked. Throws LocalError when the answer is no. */
export async function confirmRemoval(
  what: string,
  { yes }: { readonly yes: boolean },
  deps: CommandContext['deps'],
): Promise<void> {
  if (yes || !deps.stdinIsTty || !deps.stderr.isTTY) return;
  const answer = await deps.prompt(`Remove ${what}? [y/N] `, { secret: false });
  if (!/^y(es)?$/i.test(answer.trim())) throw new LocalError(`${what} was not removed`);
}
