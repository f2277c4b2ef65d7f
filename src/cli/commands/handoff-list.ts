import { defineCommand } from '../command.ts';
import { named } from '../flags/flags.ts';
import { HANDOFF_COLUMNS, runIdOf } from '../output/handoff-view.ts';

export const handoffList = defineCommand({
  noun: 'handoff',
  verb: 'list',
  summary: 'list hand-off runs, newest first',
  operand: null,
  flags: [
    { flag: '--open', help: 'only those that are not over' },
    { flag: '--system <name>', help: 'only those of this system' },
    { flag: '--limit <n>', help: 'at most so many; 100 unless given', fields: ['limit'] },
  ],
  examples: ['provision handoff list --open', 'provision handoff list --system web001'],
  parse: ({ flags }) =>
    named({
      open: flags.isOn('open') || undefined,
      system: flags.text('system'),
      limit: flags.integer('limit'),
    }),
  run: async (query, { connect, out }) => {
    const list = await (await connect()).handoffs.list(query);
    out.list(list, list.items, HANDOFF_COLUMNS, 'there is no such hand-off run');
    return undefined;
  },
});

export const handoffShow = defineCommand<{ readonly id: number }>({
  noun: 'handoff',
  verb: 'show',
  summary: 'show a hand-off run: how far it is, and what to do next',
  operand: 'run',
  flags: [],
  examples: ['provision handoff show 17'],
  parse: ({ name }) => ({ id: runIdOf(name) }),
  run: async ({ id }, { connect, out }) => {
    out.details(await (await connect()).handoffs.get(id));
    return undefined;
  },
});

export const handoffCancel = defineCommand<{ readonly id: number }>({
  noun: 'handoff',
  verb: 'cancel',
  summary: 'end a hand-off run; what it has changed already is not undone',
  operand: 'run',
  flags: [],
  examples: ['provision handoff cancel 17'],
  parse: ({ name }) => ({ id: runIdOf(name) }),
  run: async ({ id }, { connect, out }) => {
    out.row(await (await connect()).handoffs.cancel(id), HANDOFF_COLUMNS);
    return undefined;
  },
});
