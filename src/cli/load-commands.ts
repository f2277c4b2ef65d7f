import type { Command } from './command.ts';
import { COMMAND_TABLE, type CommandEntry } from './command-table.ts';
import { wordsOf } from './flags/global-flags.ts';

/** As much of a command's path as the first words of a line name: `['system', 'add']`, `['system']`, or nothing. */
export function pathOf(
  argv: readonly string[],
  table: readonly Pick<CommandEntry, 'path'>[],
): readonly string[] {
  const words = wordsOf(argv).filter((word) => word !== 'help');
  for (const [at, noun] of words.entries()) {
    const verbs = table.filter((one) => one.path[0] === noun);
    const command = verbs.find((one) => one.path[1] === undefined || one.path[1] === words[at + 1]);
    if (command !== undefined) return command.path;
    if (verbs.length > 0) return [noun];
  }
  return [];
}

/** The commands that a line needs: the one that it names, or all of the noun that it names. */
export function loadFor(argv: readonly string[]): Promise<Command[]> {
  const path = pathOf(argv, COMMAND_TABLE);
  const needed = COMMAND_TABLE.filter(
    (one) => path.length > 0 && path.every((word, at) => one.path[at] === word),
  );
  return Promise.all(needed.map((one) => one.load()));
}
