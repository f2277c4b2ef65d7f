import type { SystemClient } from '../client/client.ts';
import type { CommandContext } from './command.ts';
import { LocalError } from './errors.ts';

/**
 * The name of a machine that is in service, typed by who sits at the terminal; undefined where nobody has to or can be
 * asked (the server refuses then what has no such word). Throws LocalError when something else is typed.
 */
export async function confirmWipe(
  name: string,
  systems: Pick<SystemClient, 'get'>,
  deps: CommandContext['deps'],
): Promise<string | undefined> {
  if (!deps.stdinIsTty || !deps.stderr.isTTY) return undefined;
  const { inService } = await systems.get(name);
  if (inService === null) return undefined;
  const question = `${name} is in service since ${inService}, and its disk will be overwritten. Type its name to go on: `;
  const typed = (await deps.prompt(question, { secret: false })).trim();
  if (typed !== name) throw new LocalError(`${name} was not armed`);
  return typed;
}
