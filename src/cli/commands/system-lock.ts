import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { checkName } from '../records/check-name.ts';
import { SYSTEM_VIEW } from '../records/record-views.ts';

export const systemLock = defineCommand<{ readonly name: string; readonly reason: string }>({
  noun: 'system',
  verb: 'lock',
  summary: 'let nobody install a machine until it is unlocked',
  operand: 'name',
  flags: [{ flag: '--reason <text>', help: 'why; told to who tries' }],
  examples: ['provision system lock db001 --reason "customer data, ask Ada"'],
  parse: ({ name, flags }) => {
    const reason = flags.text('reason');
    if (reason === undefined)
      throw new UsageError('--reason is missing', 'say why: --reason "customer data"');
    return { name: checkName(name), reason };
  },
  run: async ({ name, reason }, { connect, out }) => {
    out.row(await (await connect()).locks.lock(name, reason), SYSTEM_VIEW.columns);
    out.say(`locked ${name}: it cannot be installed until: provision system unlock ${name}`);
    return undefined;
  },
});

export const systemUnlock = defineCommand<{ readonly name: string }>({
  noun: 'system',
  verb: 'unlock',
  summary: 'take the lock of a machine away',
  operand: 'name',
  flags: [],
  examples: ['provision system unlock db001'],
  parse: ({ name }) => ({ name: checkName(name) }),
  run: async ({ name }, { connect, out }) => {
    out.row(await (await connect()).locks.unlock(name), SYSTEM_VIEW.columns);
    out.say(`unlocked ${name}`);
    return undefined;
  },
});
