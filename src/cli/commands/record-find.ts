import { type Command, defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { flagName } from '../flags/flags.ts';
import { globTest } from '../records/glob.ts';
import { nameQuery, type RecordFilter } from '../records/record-filters.ts';
import type { RecordView } from '../records/record-views.ts';

type Test<Rec> = (record: Rec) => boolean;

/** `provision NOUN find GLOB… --FIELD GLOB`: every record with one of these names for which all of the rest holds. */
export function recordFind<Rec extends { readonly name: string }>(
  view: RecordView<Rec>,
  filters: readonly RecordFilter<Rec>[],
  examples: readonly string[],
): Command {
  return defineCommand<{
    readonly query: Readonly<Record<string, string>>;
    readonly tests: readonly Test<Rec>[];
  }>({
    noun: view.noun,
    verb: 'find',
    summary: `find every ${view.noun} that is like this; exit status 3 if there is none`,
    operand: 'glob...',
    flags: filters,
    examples,
    parse: ({ names, flags }) => {
      const given = filters.flatMap((filter) => {
        const pattern = flags.text(flagName(filter));
        return pattern === undefined ? [] : [{ ...filter, pattern }];
      });
      const tests = given.flatMap(({ valuesOf, canonical, pattern }): Test<Rec>[] => {
        const isLike = globTest(canonical?.(pattern) ?? pattern);
        return [(record) => valuesOf(record).some((value) => value != null && isLike(value))];
      });
      const named = names.map(globTest);
      const isNamed: Test<Rec> = ({ name }) => named.length === 0 || named.some((isLike) => isLike(name));
      const asked = given.map(({ query, pattern }) => query?.(pattern) ?? {});
      return { query: Object.assign({}, nameQuery(names), ...asked), tests: [isNamed, ...tests] };
    },
    run: async ({ query, tests }, { connect, out }) => {
      const { items } = await view.client(await connect()).list(query);
      const found = items.filter((record) => tests.every((holds) => holds(record)));
      out.list({ items: found }, found, view.columns, `no ${view.noun} is like that`);
      return found.length === 0 ? EXIT.notFound : undefined;
    },
  });
}
