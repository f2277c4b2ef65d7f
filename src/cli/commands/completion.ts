import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { COMPLETION_SCRIPTS, SHELLS, type Shell } from '../help/completion-scripts.ts';

export const completion = defineCommand<{ readonly shell: Shell }>({
  noun: 'completion',
  verb: null,
  summary: 'print what makes a shell complete commands, flags and names of records: bash, zsh or fish',
  operand: 'shell',
  flags: [],
  examples: ['provision completion bash', 'provision completion fish'],
  parse: ({ name }) => {
    const shell = SHELLS.find((one) => one === name);
    if (shell !== undefined) return { shell };
    throw new UsageError(`'${name}' is not a shell that is known here`, `there are: ${SHELLS.join(', ')}`);
  },
  run: async ({ shell }, { out }) => {
    out.text(COMPLETION_SCRIPTS[shell]);
    return undefined;
  },
});
