import type { Loader } from '../../domain/boot/loader.ts';
import { defineCommand } from '../command.ts';
import { printable } from '../output/printable.ts';
import type { Column } from '../output/table.ts';

const COLUMNS: readonly Column<Loader>[] = [
  { header: 'LOADER', value: (loader) => loader.name },
  { header: 'STATE', value: (loader) => loader.state },
  { header: 'VERSION', value: (loader) => loader.record?.version ?? null },
  { header: 'SOURCE', value: (loader) => loader.record?.source ?? loader.path },
  {
    header: 'SHA-256',
    value: (loader) => loader.sha256,
    pretty: (loader) => loader.sha256?.slice(0, 12) ?? null,
  },
];

export const loadersList = defineCommand({
  noun: 'loaders',
  verb: 'list',
  summary: 'show the loaders that machines are sent, and what is on record of them',
  operand: null,
  flags: [],
  examples: ['provision loaders list', 'provision loaders list --json'],
  parse: () => ({}),
  run: async (_options, { connect, out }) => {
    const list = await (await connect()).loaders.list();
    out.list(list, list.items, COLUMNS, 'no loader is known');
    if (!out.isTable) return undefined;
    for (const { name, state, remedy } of list.items) {
      if (state === 'changed' && remedy !== null) out.line(`${printable(name)}: ${printable(remedy)}`);
    }
    const missing = list.items.filter(({ state }) => state === 'missing').length;
    if (missing > 0) out.say(`missing: ${missing}; provision doctor names those that the records need`);
    return undefined;
  },
});
