import type { HandoffRequest } from '../../client/handoff-client.ts';
import type { HandoffItem } from '../../domain/handoff/handoff.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { SELECTION_FLAGS, selectionOf } from '../flags/power-selection.ts';
import { exitOfRuns, sayHints, waitForRuns } from '../output/handoff-view.ts';
import type { Column } from '../output/table.ts';

interface Options {
  readonly request: HandoffRequest;
  readonly wait: boolean;
}

const COLUMNS: readonly Column<HandoffItem>[] = [
  { header: 'SYSTEM', value: ({ system }) => system },
  { header: 'RUN', value: ({ handoff }) => handoff?.id ?? null },
  { header: 'STATE', value: ({ handoff }) => handoff?.state ?? 'refused' },
  { header: 'CHANGED', value: ({ handoff }) => handoff?.changed ?? null },
  { header: 'MESSAGE', value: ({ handoff, refused }) => refused?.detail ?? handoff?.message ?? null },
];

export const handoffRun = defineCommand<Options>({
  noun: 'handoff',
  verb: 'run',
  summary: 'configure machines in service again, or with --check only look at what would change',
  operand: 'name...',
  flags: [
    ...SELECTION_FLAGS.map((spec) =>
      spec.flag === '--all' ? { ...spec, help: 'every system that is in service' } : spec,
    ),
    { flag: '--check', help: 'change nothing; the log has what would change', fields: ['check'] },
    { flag: '--no-wait', help: 'do not wait until it is done; the service goes on with it in any case' },
    { flag: '--yes', help: 'change many machines without having been named one by one' },
  ],
  examples: ['provision handoff run --role web --check', 'provision handoff run web001'],
  parse: (input) => {
    const [check, yes] = [input.flags.isOn('check'), input.flags.isOn('yes')];
    const selection = selectionOf(input);
    if (!check && !yes && selection.systems === undefined)
      throw new UsageError(
        'this changes every machine that is meant',
        'look first with --check, then add --yes',
      );
    return { request: { ...selection, check }, wait: !input.flags.isOn('no-wait') };
  },
  run: async ({ request, wait }, context) => {
    const { out } = context;
    const receipt = await (await context.connect()).handoffs.run(request);
    const begun = receipt.items.flatMap(({ handoff }) => handoff ?? []);
    const runs = wait ? await waitForRuns(begun, context) : begun;
    const byId = new Map(runs.map((run) => [run.id, run]));
    const items = receipt.items.map((item) => ({
      ...item,
      handoff: item.handoff && (byId.get(item.handoff.id) ?? item.handoff),
    }));
    out.list({ ...receipt, items }, items, COLUMNS, 'no system in service is meant');
    if (receipt.skipped.length > 0) out.say(`not in service, left out: ${receipt.skipped.join(', ')}`);
    const refused = items.flatMap((item) => item.refused ?? []);
    sayHints([...refused.map(({ hint }) => hint), ...runs.map(({ hint }) => hint)], context);
    const first = runs[0];
    if (first !== undefined && refused.length === 0)
      out.say(`what was written: provision handoff log ${first.id}`);
    return items.length === 0 ? EXIT.notFound : exitOfRuns(runs, refused.length);
  },
});
