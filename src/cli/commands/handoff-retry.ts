import { defineCommand } from '../command.ts';
import { exitOfRuns, HANDOFF_COLUMNS, sayHints, waitForRuns } from '../output/handoff-view.ts';
import { checkName } from '../records/check-name.ts';

export const handoffRetry = defineCommand<{ readonly name: string; readonly wait: boolean }>({
  noun: 'handoff',
  verb: 'retry',
  summary: 'configure a machine whose hand-off failed again, without installing it again',
  operand: 'name',
  flags: [
    { flag: '--no-wait', help: 'do not wait until it is done; the service goes on with it in any case' },
  ],
  examples: ['provision handoff retry web001'],
  parse: ({ name, flags }) => ({ name: checkName(name), wait: !flags.isOn('no-wait') }),
  run: async ({ name, wait }, context) => {
    const begun = await (await context.connect()).handoffs.retry(name);
    const [run = begun] = wait ? await waitForRuns([begun], context) : [begun];
    context.out.row(run, HANDOFF_COLUMNS);
    sayHints([run.hint], context);
    return exitOfRuns([run], 0);
  },
});
