import type { SystemClient } from '../../client/client.ts';
import { Unreachable } from '../../client/errors.ts';
import type { BootEvent } from '../../domain/boot-event.ts';
import { type Install, LIVE_STATES } from '../../domain/install.ts';
import { checkName } from '../check-input.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { formatTime } from '../duration.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { printable } from '../printable.ts';
import { type Column, formatTsv } from '../table.ts';

interface Options {
  readonly name: string;
  readonly after: number | undefined;
  readonly follow: boolean;
  readonly untilDone: boolean;
}

const PAGE = 500;
const POLL_MS = 2_000;
/** Half a minute of silence is a restart of the server; more is a server that is gone. */
const POLLS_WITHOUT_ANSWER = 15;

const COLUMNS: readonly Column<BootEvent>[] = [
  { header: 'AT', value: (event) => event.at },
  { header: 'STAGE', value: (event) => event.stage },
  { header: 'OUTCOME', value: (event) => event.outcome },
  { header: 'MESSAGE', value: (event) => event.message },
];

export const systemTimeline = defineCommand<Options>({
  noun: 'system',
  verb: 'timeline',
  summary: 'show every observed stage of a machine, oldest first',
  operand: 'name',
  flags: [
    { flag: '--follow', help: 'go on showing what comes, until ctrl-C; with --json one event a line' },
    {
      flag: '--until-done',
      help: 'follow until the install is over: exit 0 if the machine is ready, 1 if not',
    },
    { flag: '--after <id>', help: 'only events after this id' },
  ],
  examples: [
    'provision system timeline web001 --follow',
    'provision system install web001 && provision system timeline web001 --until-done',
  ],
  parse: ({ name, flags }) => {
    const after = flags.integer('after');
    if (after !== undefined && after < 0) throw new UsageError('--after wants an event id');
    const untilDone = flags.isOn('until-done');
    return { name: checkName(name), after, follow: untilDone || flags.isOn('follow'), untilDone };
  },
  run: async (options, context) => {
    const { systems } = await context.connect();
    if (options.follow) return follow(options, systems, context);
    const items: BootEvent[] = [];
    await readNew(options.name, options.after, systems, (event) => items.push(event));
    if (context.out.json) context.out.document({ items });
    else if (items.length === 0) context.out.say(`nothing was seen of ${options.name} yet`);
    for (const event of context.out.json ? [] : items) show(event, context);
    return undefined;
  },
});

/** Hands every event after `after` on, page by page, and gives back the last id. */
async function readNew(
  name: string,
  after: number | undefined,
  systems: SystemClient,
  take: (event: BootEvent) => void,
): Promise<number | undefined> {
  let last = after;
  for (;;) {
    const { items } = await systems.timeline(name, {
      limit: PAGE,
      ...(last === undefined ? {} : { after: last }),
    });
    const fresh = items.filter((event) => last === undefined || event.id > last);
    fresh.forEach(take);
    last = fresh.at(-1)?.id ?? last;
    // Not "shorter than the page asked for": the server may have a smaller limit of its own.
    if (fresh.length === 0) return last;
  }
}

async function follow(
  options: Options,
  systems: SystemClient,
  context: CommandContext,
): Promise<ExitCode | undefined> {
  let last = options.after;
  let answered = false;
  let silentPolls = 0;
  for (;;) {
    try {
      // The state first, the events after it: so the events of a finished install have all been read.
      const install = options.untilDone ? (await systems.get(options.name)).install : undefined;
      last = await readNew(options.name, last, systems, (event) => {
        // Counted one by one: if a later page fails, what has been shown is not shown again.
        last = event.id;
        show(event, context);
      });
      answered = true;
      silentPolls = 0;
      const code = install === undefined ? undefined : verdict(options.name, install, context.out);
      if (code !== undefined) return code;
    } catch (error) {
      if (!(error instanceof Unreachable) || !answered) throw error;
      silentPolls += 1;
      if (silentPolls > POLLS_WITHOUT_ANSWER) throw error;
      if (silentPolls === 1) context.out.say('the server does not answer; trying again');
    }
    await context.deps.sleep(POLL_MS);
  }
}

/** The exit code once the install is over; undefined while it goes on. */
function verdict(name: string, install: Install | null, out: Output): ExitCode | undefined {
  if (install === null) {
    out.say(`no install of ${name} was ever armed; arm one with: provision system install ${name}`);
    return EXIT.failure;
  }
  if (LIVE_STATES.includes(install.state)) return undefined;
  const why = install.reason === null ? '' : `: ${install.reason}`;
  out.say(`the install of ${name} is over: ${install.state}${why}`);
  if (install.hint !== null) out.say(install.hint);
  return install.state === 'ready' ? EXIT.ok : EXIT.failure;
}

function show(event: BootEvent, { out, deps }: CommandContext): void {
  if (out.json) {
    out.documentLine(event);
    return;
  }
  if (!deps.stdout.isTTY) {
    out.line(formatTsv([event], COLUMNS).replace(/\n$/, ''));
    return;
  }
  const paint = { ok: out.colors.green, warning: out.colors.yellow, error: out.colors.red }[event.outcome];
  const time = printable(formatTime(event.at));
  const stage = printable(event.stage).padEnd(13);
  out.line(
    `${time}  ${stage}  ${(paint ?? String)(printable(event.outcome).padEnd(7))}  ${printable(event.message)}`,
  );
}
