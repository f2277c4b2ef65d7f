import { defineCommand } from '../command.ts';

export const whoami = defineCommand({
  noun: 'whoami',
  verb: null,
  summary: 'say who you are to the server, and what you may do',
  operand: null,
  flags: [],
  examples: ['provision whoami'],
  parse: () => ({}),
  run: async (_options, { connect, out }) => {
    out.details(await (await connect()).whoami());
    return undefined;
  },
});
