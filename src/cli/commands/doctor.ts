import type { Check } from '../../domain/check.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { printable } from '../output/printable.ts';
import type { Column } from '../output/table.ts';

const COLUMNS: readonly Column<Check>[] = [
  { header: 'STATE', value: ({ state }) => state },
  { header: 'CHECK', value: ({ name }) => name },
  { header: 'WHAT', value: ({ what }) => what },
];
const NEXT: Column<Check> = { header: 'NEXT', value: ({ next }) => next };

export const doctor = defineCommand({
  noun: 'doctor',
  verb: null,
  summary: 'say what is missing or wrong, and what to do about it; exit status 1 if there is a problem',
  operand: null,
  flags: [],
  examples: ['provision doctor', 'provision doctor --json'],
  parse: () => ({}),
  run: async (_options, { connect, out }) => {
    const report = await (await connect()).doctor();
    const count = (state: Check['state']): number =>
      report.items.filter((check) => check.state === state).length;
    // On a terminal what to do is a line of its own; in a pipe it is the last field.
    const columns = out.isTable ? COLUMNS : [...COLUMNS, NEXT];
    out.list(report, report.items, columns, 'nothing was looked at');
    if (out.isTable) {
      for (const { name, next } of report.items)
        if (next !== null) out.line(`${printable(name)}: ${printable(next)}`);
    }
    const [problems, warnings] = [count('problem'), count('warning')];
    out.say(
      `${problems} ${problems === 1 ? 'problem' : 'problems'}, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`,
    );
    return problems > 0 ? EXIT.failure : undefined;
  },
});
