import type { PowerRequest } from '../../client/power-client.ts';
import type { Job, JobItem, JobReceipt } from '../../domain/power/job.ts';
import { OPEN_JOB_STATES } from '../../domain/power/job.ts';
import type { PowerAction } from '../../domain/power/power.ts';
import { type Command, defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { parseDurationSeconds } from '../flags/duration.ts';
import { type FlagSpec, type Flags, named } from '../flags/flags.ts';
import { confirmMany, SELECTION_FLAGS, selectionOf } from '../flags/power-selection.ts';
import { waitForJobs } from '../follow/wait-for-jobs.ts';
import type { Column } from '../output/table.ts';

interface Options {
  readonly request: PowerRequest;
  readonly wait: boolean;
  readonly yes: boolean;
}

const FLAGS: readonly FlagSpec[] = [
  ...SELECTION_FLAGS,
  { flag: '--wait', help: 'wait until it is done, which is usual' },
  { flag: '--no-wait', help: 'do not wait until it is done; the service goes on with it in any case' },
  { flag: '--stagger <duration>', help: 'from one machine to the next: 2s', fields: ['staggerSeconds'] },
  {
    flag: '--timeout <duration>',
    help: 'how long a machine may take: 10m; 5m unless configured otherwise',
    fields: ['timeoutSeconds'],
  },
  { flag: '--yes', help: 'do not ask, however many machines' },
];

const COLUMNS: readonly Column<JobItem>[] = [
  { header: 'SYSTEM', value: ({ system }) => system },
  { header: 'ACTION', value: ({ job }) => job?.action ?? null },
  { header: 'STATE', value: ({ job }) => job?.state ?? 'refused' },
  { header: 'MESSAGE', value: ({ job, refused }) => refused?.detail ?? job?.message ?? null },
];

/** `provision power on NAME…` and the others that change power. */
export function powerOrder(action: PowerAction, summary: string): Command {
  return defineCommand<Options>({
    noun: 'power',
    verb: action,
    summary,
    operand: 'name...',
    flags: FLAGS,
    examples: [
      `provision power ${action} web001`,
      `provision power ${action} --match 'web*' --stagger 2s --yes`,
    ],
    parse: (input) => ({
      request: {
        action,
        ...selectionOf(input),
        ...named({
          staggerSeconds: secondsOf('stagger', input.flags),
          timeoutSeconds: secondsOf('timeout', input.flags),
        }),
      },
      wait: !input.flags.isOn('no-wait'),
      yes: input.flags.isOn('yes'),
    }),
    run: async ({ request, wait, yes }, context) => {
      const { out } = context;
      const { power } = await context.connect();
      const receipt = await power.request(await confirmMany(request, { yes }, power, context));
      const items = wait ? await waitForJobs(receipt, power, context) : receipt.items;
      out.list({ ...receipt, items }, items, COLUMNS, 'no system with power control is meant');
      // One cause often has many systems: what to do about it is said once.
      for (const hint of new Set(items.flatMap(hintOf))) out.say(`next: ${hint}`);
      tellSkipped(receipt, context.out.say.bind(out));
      return exitOf(items);
    },
  });
}

function secondsOf(flag: string, flags: Flags): number | undefined {
  const text = flags.text(flag);
  if (text === undefined) return undefined;
  const seconds = parseDurationSeconds(text);
  if (seconds !== undefined) return seconds;
  throw new UsageError(`--${flag} '${text}' is not a duration`, 'write it like 2s, 30s or 10m');
}

function tellSkipped({ skipped }: Pick<JobReceipt, 'skipped'>, say: (text: string) => void): void {
  if (skipped.length > 0) say(`without power control, left out: ${skipped.join(', ')}`);
}

function hintOf({ job, refused }: JobItem): string | [] {
  return refused?.hint ?? (isBad(job) ? job?.hint : null) ?? [];
}

/** 0 where all went well, 8 where some did; where none did, what is usual for that. */
function exitOf(items: readonly JobItem[]): ExitCode {
  const bad = items.filter(({ job, refused }) => refused !== null || isBad(job));
  if (items.length === 0) return EXIT.notFound;
  if (bad.length === 0) return EXIT.ok;
  if (bad.length < items.length) return EXIT.partial;
  const codes = new Set(items.map(({ refused }) => refused?.code));
  if (codes.size === 1 && codes.has('not-found')) return EXIT.notFound;
  return codes.size === 1 && codes.has('wrong-state') ? EXIT.conflict : EXIT.failure;
}

function isBad(job: Job | null): boolean {
  return job !== null && job.state !== 'done' && !OPEN_JOB_STATES.includes(job.state);
}
