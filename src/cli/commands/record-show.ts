import { type Command, defineCommand } from '../command.ts';
import { checkName } from '../records/check-name.ts';
import type { RecordView } from '../records/record-views.ts';

/** `provision NOUN show NAME`: every field, by its path in the API. */
export function recordShow<Rec extends object>(view: RecordView<Rec>, example: string): Command {
  return defineCommand({
    noun: view.noun,
    verb: 'show',
    summary: `show every field of a ${view.noun}`,
    operand: 'name',
    flags: [],
    examples: [`provision ${view.noun} show ${example}`],
    parse: ({ name }) => ({ name: checkName(name) }),
    run: async ({ name }, { connect, out }) => {
      out.details(await view.client(await connect()).get(name));
      return undefined;
    },
  });
}
