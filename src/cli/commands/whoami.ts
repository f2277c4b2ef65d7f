import { defineCommand } from '../command.ts';
import { expiryWarning } from '../connect/token-expiry.ts';

export const whoami = defineCommand({
  noun: 'whoami',
  verb: null,
  summary: 'say who you are to the server, and what you may do',
  operand: null,
  flags: [],
  examples: ['provision whoami'],
  parse: () => ({}),
  run: async (_options, { connect, deps, out }) => {
    const who = await (await connect()).whoami();
    out.details(who);
    const warning = expiryWarning(who, deps.now());
    if (warning !== undefined) out.say(warning);
    return undefined;
  },
});
