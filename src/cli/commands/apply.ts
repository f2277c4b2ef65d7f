import { type CommandContext, defineCommand } from '../command.ts';
import { LocalError, UsageError } from '../errors.ts';
import type { FlagSpec, Flags } from '../flags/flags.ts';
import { applyRecords, exitOfResults, formatCounts, RESULT_COLUMNS } from '../records/apply-records.ts';
import type { RecordsSource } from '../records/records-source.ts';

/** The records that `apply` and `diff` are about. */
export const FILE_FLAG: FlagSpec = {
  flag: '--file <path>',
  short: '-f',
  help: 'YAML, JSON, a CSV table of systems, a folder of them, or - for stdin; may be given several times',
  repeat: true,
};

/** What --file names. Throws UsageError. */
export function filesOf(flags: Flags): readonly string[] {
  const files = flags.texts('file');
  if (files.length === 0)
    throw new UsageError('missing: --file', 'name what to apply: -f rack.yaml, or -f - for stdin');
  if (files.filter((file) => file === '-').length > 1) throw new UsageError('stdin can be read once');
  return files;
}

interface Options {
  readonly files: readonly string[];
  readonly dryRun: boolean;
  readonly remove: boolean;
  readonly each: boolean;
  readonly yes: boolean;
}

export const apply = defineCommand<Options>({
  noun: 'apply',
  verb: null,
  summary: 'make the records what files say, all of them or nothing',
  operand: null,
  flags: [
    FILE_FLAG,
    { flag: '--dry-run', help: 'say what would be done, and write nothing' },
    {
      flag: '--remove',
      help: 'remove records of the kinds that the files name, and that do not stand in them',
    },
    { flag: '--each', help: 'apply what can be applied, record by record' },
    { flag: '--yes', help: 'remove without asking' },
  ],
  examples: [
    'provision apply -f rack.yaml --dry-run',
    'provision apply -f records/ --remove',
    'provision apply -f machines.csv --each',
    'provision export --context old | provision apply -f - --context new',
  ],
  parse: ({ flags }) => ({
    files: filesOf(flags),
    dryRun: flags.isOn('dry-run'),
    remove: flags.isOn('remove'),
    each: flags.isOn('each'),
    yes: flags.isOn('yes'),
  }),
  run: async (options, context) => {
    const { connect, deps, out } = context;
    const { readRecords } = await import('../records/records-source.ts');
    const source = await readRecords(options.files, deps);
    const client = await connect();
    const { dryRun, remove, each } = options;
    if (remove && !dryRun) await confirmRemovals(options, source, context);
    const answer = await applyRecords(source, { dryRun, remove, mode: each ? 'each' : 'all' }, client, out);
    const told = answer.results.filter(({ action }) => action !== 'unchanged');
    out.results(answer, told, RESULT_COLUMNS, 'nothing to change');
    out.say(`${dryRun ? 'nothing was written; it would be' : 'done'}: ${formatCounts(answer.results)}`);
    return exitOfResults(answer.results);
  },
});

/** Who sits at a terminal sees what would be removed, and says yes; scripts are not asked. */
async function confirmRemovals(
  { yes }: Options,
  source: RecordsSource,
  { connect, deps, out }: CommandContext,
): Promise<void> {
  if (yes || !deps.stdinIsTty || !deps.stderr.isTTY) return;
  const { results } = await applyRecords(source, { dryRun: true, remove: true }, await connect(), out);
  const removed = results.filter(({ action }) => action === 'removed');
  if (removed.length === 0) return;
  for (const { kind, name } of removed) out.say(`removes ${kind} ${name}`);
  const answer = await deps.prompt(`Remove ${removed.length} records? [y/N] `, { secret: false });
  if (!/^y(es)?$/i.test(answer.trim())) throw new LocalError('nothing was changed');
}
