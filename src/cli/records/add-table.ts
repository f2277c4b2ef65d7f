import type { CommandContext } from '../command.ts';
import { LocalError } from '../errors.ts';
import type { ExitCode } from '../exit-codes.ts';
import { applyRecords, formatCounts, RESULT_COLUMNS } from './apply-records.ts';
import type { RecordNoun } from './record-nouns.ts';
import { csvSource } from './records-source.ts';

/** Adds every record of a CSV table, or none. Those that are there are refused, by their lines: they would be changed. */
export async function addTable(
  noun: RecordNoun,
  file: string,
  { connect, deps, out }: CommandContext,
): Promise<ExitCode | undefined> {
  const text = file === '-' ? await deps.readStdin() : await deps.readFile(file);
  const source = await csvSource(noun, text, file === '-' ? 'stdin' : file);
  const client = await connect();
  const { results: planned } = await applyRecords(source, { dryRun: true }, client, out);
  const there = planned.filter(({ action }) => action !== 'added');
  for (const { name } of there)
    out.complain(`${source.whereIs(noun, name, '') ?? file}: ${noun} ${name} is there already`);
  if (there.length > 0) throw new LocalError('nothing was added', hintOf(noun, file));
  const answer = await applyRecords(source, {}, client, out);
  out.results(answer, answer.results, RESULT_COLUMNS, 'the table has no rows');
  const installs = noun === 'system' ? '; nothing is installed until you say so' : '';
  out.say(`done: ${formatCounts(answer.results)}${installs}`);
  return undefined;
}

function hintOf(noun: RecordNoun, file: string): string {
  return noun === 'system'
    ? `change those that are there with: provision apply -f ${file}`
    : `take them out, or change them with: provision ${noun} edit NAME`;
}
