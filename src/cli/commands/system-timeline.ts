import type { Client } from '../../client/client.ts';
import type { BootEvent } from '../../domain/boot/boot-event.ts';
import { type Install, type InstallState, LIVE_STATES } from '../../domain/install/install.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { followEvents, readNew } from '../follow/follow-events.ts';
import { findDiagnosis, sayDiagnosis } from '../output/diagnosis-view.ts';
import { showEvent } from '../output/event-view.ts';
import type { Output } from '../output/output.ts';
import { checkName } from '../records/check-name.ts';

interface Options {
  readonly name: string;
  readonly after: number | undefined;
  readonly follow: boolean;
  readonly untilDone: boolean;
}

export const systemTimeline = defineCommand<Options>({
  noun: 'system',
  verb: 'timeline',
  summary: 'show every observed stage of a machine, oldest first, and what is missing',
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
    const client = await context.connect();
    const { name, after } = options;
    if (options.follow) return followTimeline(options, client, context);
    const items: BootEvent[] = [];
    await readNew(client.systems, name, after, (event) => items.push(event));
    const diagnosis = await findDiagnosis(client, name);
    if (context.out.json) {
      context.out.document({ items, ...(diagnosis === undefined ? {} : { diagnosis }) });
      return undefined;
    }
    if (items.length === 0) context.out.say(`nothing was seen of ${name} yet`);
    for (const event of inOrder(items)) showEvent(event, context);
    if (diagnosis !== undefined) sayDiagnosis(diagnosis, context.out);
    return undefined;
  },
});

/** By time: what was written down a second later may have happened before. */
function inOrder(items: readonly BootEvent[]): BootEvent[] {
  return [...items].sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || a.id - b.id);
}

/** Shows what is seen of a machine, as it comes; with `untilDone` until its install is over, which is the exit code. */
export async function followTimeline(
  { name, after, untilDone }: Pick<Options, 'name' | 'after' | 'untilDone'>,
  client: Client,
  context: CommandContext,
  isShown: (event: BootEvent) => boolean = () => true,
): Promise<ExitCode | undefined> {
  const { deps, out } = context;
  const code = await followEvents(
    {
      name,
      after,
      show: (event) => {
        if (isShown(event)) showEvent(event, context);
      },
      look: async () => {
        if (!untilDone) return undefined;
        const { install } = await client.systems.get(name);
        return () => verdict(name, install, out);
      },
      mayBeOver: (event) => untilDone && mayBeOver(event),
    },
    client,
    { sleep: deps.sleep, say: (text) => out.say(text) },
  );
  const diagnosis = code === EXIT.ok ? undefined : await findDiagnosis(client, name);
  if (diagnosis !== undefined) sayDiagnosis(diagnosis, out);
  return code;
}

/** Only a change of its state ends an install; its record says whether it has. */
function mayBeOver({ stage, data }: BootEvent): boolean {
  return stage === 'state' && !LIVE_STATES.includes(data['to'] as InstallState);
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
