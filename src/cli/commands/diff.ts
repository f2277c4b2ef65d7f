import type { ApplyResult } from '../../domain/records/apply.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { printable } from '../output/printable.ts';
import { applyRecords, formatChange, formatCounts } from '../records/apply-records.ts';
import { FILE_FLAG, filesOf } from './apply.ts';

export const diff = defineCommand({
  noun: 'diff',
  verb: null,
  summary: 'say how records differ from files; exit status 0 if they do not, 9 if they do',
  operand: null,
  flags: [
    FILE_FLAG,
    {
      flag: '--remove',
      help: 'also records of the kinds that the files name, and that do not stand in them',
    },
  ],
  examples: ['provision diff -f rack.yaml', 'provision diff -f records/ --remove'],
  parse: ({ flags }) => ({ files: filesOf(flags), remove: flags.isOn('remove') }),
  run: async ({ files, remove }, { connect, deps, out }) => {
    const source = await (await import('../records/records-source.ts')).readRecords(files, deps);
    const answer = await applyRecords(source, { dryRun: true, remove }, await connect(), out);
    const different = answer.results.filter(({ action }) => action !== 'unchanged');
    if (out.json) out.document({ ...answer, results: different });
    else if (!out.isQuiet)
      for (const result of different) for (const line of linesOf(result)) out.line(paint(line, out.colors));
    out.say(different.length === 0 ? 'the records are what the files say' : formatCounts(answer.results));
    return different.length === 0 ? EXIT.ok : EXIT.different;
  },
});

const MARKS: Readonly<Record<ApplyResult['action'], string>> = {
  added: '+',
  updated: '~',
  removed: '-',
  refused: '!',
  unchanged: ' ',
};

function linesOf({ action, kind, name, changes }: ApplyResult): string[] {
  const fields = action === 'updated' ? changes.map((change) => `    ${formatChange(change)}`) : [];
  return [`${MARKS[action]} ${kind} ${name}`, ...fields].map(printable);
}

function paint(
  line: string,
  colors: { green: (text: string) => string; red: (text: string) => string },
): string {
  if (line.startsWith('+')) return colors.green(line);
  return line.startsWith('-') || line.startsWith('!') ? colors.red(line) : line;
}
