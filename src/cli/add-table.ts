import { applyRecords, formatCounts, RESULT_COLUMNS } from './apply-records.ts';
import type { CommandContext } from './command.ts';
import { LocalError } from './errors.ts';
import type { ExitCode } from './exit-codes.ts';
import { csvSource } from './records-source.ts';

/** Adds every system of a CSV table, or none. Systems that are there are refused, by their lines: they would be changed. */
export async function addTable(
  file: string,
  { connect, deps, out }: CommandContext,
): Promise<ExitCode | undefined> {
  const text = file === '-' ? await deps.readStdin() : await deps.readFile(file);
  const source = await csvSource(text, file === '-' ? 'stdin' : file);
  const client = await connect();
  const { results: planned } = await applyRecords(source, { dryRun: true }, client, out);
  const there = planned.filter(({ action }) => action !== 'added');
  for (const { name } of there)
    out.say(`${source.whereIs('system', name, '') ?? file}: system ${name} is there already`);
  if (there.length > 0)
    throw new LocalError('nothing was added', `change those that are there with: provision apply -f ${file}`);
  const answer = await applyRecords(source, {}, client, out);
  out.list(answer, answer.results, RESULT_COLUMNS, 'the table has no rows');
  out.say(`done: ${formatCounts(answer.results)}; nothing is installed until you say so`);
  return undefined;
}
