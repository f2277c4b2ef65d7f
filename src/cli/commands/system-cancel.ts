import { defineCommand } from '../command.ts';
import { checkName } from '../records/check-name.ts';
import { INSTALL_COLUMNS } from '../records/record-views.ts';

export const systemCancel = defineCommand<{ readonly name: string }>({
  noun: 'system',
  verb: 'cancel',
  summary: 'cancel the install that is not over: from now on the machine is sent to its disk',
  operand: 'name',
  flags: [],
  examples: ['provision system cancel web001'],
  parse: ({ name }) => ({ name: checkName(name) }),
  run: async ({ name }, { connect, out }) => {
    const install = await (await connect()).systems.cancel(name);
    out.row(install, INSTALL_COLUMNS);
    out.say(`cancelled the install of ${name}; network boots are sent to the local disk`);
    return undefined;
  },
});
