import type { Selection } from '../../client/power-client.ts';
import type { PowerStatus } from '../../domain/power/power.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { SELECTION_FLAGS, selectionOf } from '../flags/power-selection.ts';
import type { Column } from '../output/table.ts';

const COLUMNS: readonly Column<PowerStatus>[] = [
  { header: 'SYSTEM', value: ({ system }) => system },
  { header: 'POWER', value: ({ state }) => state },
  { header: 'REASON', value: ({ reason }) => reason },
];

export const powerStatus = defineCommand<Selection>({
  noun: 'power',
  verb: 'status',
  summary: 'ask BMCs whether their machines are on',
  operand: 'name...',
  flags: SELECTION_FLAGS,
  examples: ['provision power status web001', 'provision power status --all'],
  parse: selectionOf,
  run: async (selection, { connect, out }) => {
    const report = await (await connect()).power.status(selection);
    const { items, skipped } = report;
    out.list(report, items, COLUMNS, 'no system with power control is meant');
    for (const hint of new Set(items.flatMap((item) => item.hint ?? []))) out.say(`next: ${hint}`);
    if (skipped.length > 0) out.say(`without power control, left out: ${skipped.join(', ')}`);
    const failed = items.filter(({ failure }) => failure !== null);
    if (items.length === 0) return EXIT.notFound;
    if (failed.length === 0) return undefined;
    if (failed.length < items.length) return EXIT.partial;
    return failed.every(({ failure }) => failure === 'not-found') ? EXIT.notFound : EXIT.failure;
  },
});
