import { checkName } from '../check-input.ts';
import { type Command, defineCommand } from '../command.ts';
import { LocalError } from '../errors.ts';
import type { RecordView } from '../record-views.ts';

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
      if (!yes && deps.stdinIsTty && deps.stderr.isTTY) {
        const answer = await deps.prompt(`Remove ${view.noun} ${name}? [y/N] `, { secret: false });
        if (!/^y(es)?$/i.test(answer.trim())) throw new LocalError(`${view.noun} ${name} was not removed`);
      }
      await view.client(await connect()).remove(name);
      out.say(`removed ${view.noun} ${name}`);
      return undefined;
    },
  });
}
