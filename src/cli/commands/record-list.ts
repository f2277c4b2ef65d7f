import { type Command, defineCommand } from '../command.ts';
import type { RecordView } from '../record-views.ts';

/** `provision NOUN list`, the same for every kind of record. */
export function recordList<Rec extends object>(view: RecordView<Rec>): Command {
  return defineCommand({
    noun: view.noun,
    verb: 'list',
    summary: `list every ${view.noun}`,
    operand: null,
    flags: [],
    examples: [`provision ${view.noun} list`, `provision ${view.noun} list --json`],
    parse: () => ({}),
    run: async (_options, { connect, out }) => {
      const list = await view.client(await connect()).list();
      out.list(list, list.items, view.columns, `there is no ${view.noun} yet; add one: ${view.addExample}`);
      return undefined;
    },
  });
}
