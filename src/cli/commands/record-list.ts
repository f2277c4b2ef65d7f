import { type Command, defineCommand } from '../command.ts';
import { flagName } from '../flags/flags.ts';
import type { RecordView } from '../records/record-views.ts';

/** `provision NOUN list`, the same for every kind of record. */
export function recordList<Rec extends object>(view: RecordView<Rec>): Command {
  const filters = view.filters ?? [];
  return defineCommand<Readonly<Record<string, string>>>({
    noun: view.noun,
    verb: 'list',
    summary: `list every ${view.noun}`,
    operand: null,
    flags: filters,
    examples: [`provision ${view.noun} list`, `provision ${view.noun} list --json`],
    parse: ({ flags }) =>
      Object.fromEntries(
        filters
          .map((spec) => [flagName(spec), flags.text(flagName(spec))])
          .filter(([, value]) => value !== undefined),
      ),
    run: async (query, { connect, out }) => {
      const list = await view.client(await connect()).list(query);
      const isNarrow = Object.keys(query).length > 0;
      const none = isNarrow
        ? `no ${view.noun} is like that`
        : `there is no ${view.noun} yet; add one: ${view.addExample}`;
      out.list(list, list.items, view.columns, none);
      return undefined;
    },
  });
}
