import type { ListenerStatus } from '../../client/client.ts';
import { defineCommand } from '../command.ts';
import { printable } from '../output/printable.ts';
import type { Column } from '../output/table.ts';

const COLUMNS: readonly Column<ListenerStatus>[] = [
  { header: 'LISTENER', value: (listener) => listener.name },
  { header: 'STATE', value: (listener) => listener.state },
  { header: 'ADDRESS', value: (listener) => listener.address },
  { header: 'REASON', value: (listener) => listener.reason ?? null },
];
const REMEDY: Column<ListenerStatus> = { header: 'REMEDY', value: (listener) => listener.remedy ?? null };

export const status = defineCommand({
  noun: 'status',
  verb: null,
  summary: 'show what the server listens on, and how to mend what it does not',
  operand: null,
  flags: [],
  examples: ['provision status', 'provision status --json'],
  parse: () => ({}),
  run: async (_options, { connect, out }) => {
    const report = await (await connect()).status();
    out.say(`provisiond ${report.version}`);
    if (report.certificate) out.say(`certificate sha256:${report.certificate.sha256}`);
    // On a terminal a remedy is a sentence of its own; in a pipe it is the last field.
    const columns = out.isTable ? COLUMNS : [...COLUMNS, REMEDY];
    out.list(report, report.listeners, columns, 'it listens on nothing');
    for (const warning of report.warnings ?? []) out.say(`warning: ${warning}`);
    if (!out.isTable) return undefined;
    for (const { name, remedy } of report.listeners) {
      if (remedy) out.line(`${printable(name)}: ${printable(remedy)}`);
    }
    return undefined;
  },
});
