import { type Command, defineCommand } from '../command.ts';
import { checkName } from '../records/check-name.ts';
import { confirmRemoval } from '../records/confirm-removal.ts';
import type { RecordView } from '../records/record-views.ts';

/** `provision NOUN remove NAME`: asks first where somebody sits at the terminal; scripts are not asked. */
export function recordRemove<Rec extends object>(view: RecordView<Rec>, example: string): Command {
  return defineCommand({
    noun: view.noun,
    verb: 'remove',
    summary: `remove a ${view.noun}`,
    operand: 'name',
    flags: [{ flag: '--yes', help: 'do not ask' }],
    examples: [`provision ${view.noun} remove ${example}`, `provision ${view.noun} remove ${example} --yes`],
    parse: ({ name, flags }) => ({ name: checkName(name), yes: flags.isOn('yes') }),
    run: async ({ name, yes }, { connect, out, deps }) => {
      await confirmRemoval(`${view.noun} ${name}`, { yes }, deps);
      await view.client(await connect()).remove(name);
      out.say(`removed ${view.noun} ${name}`);
      return undefined;
    },
  });
}
