import { Unreachable } from '../../client/errors.ts';
import type { InstallLog, LogClient, LogQuery } from '../../client/log-client.ts';
import { LIVE_STATES } from '../../domain/install/install.ts';
import { printableLine } from '../../domain/printable.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { checkName } from '../records/check-name.ts';

interface Options {
  readonly system: string;
  readonly install: number | undefined;
  readonly name: string | undefined;
  readonly tail: number | undefined;
  readonly all: boolean;
  readonly follow: boolean;
}

const POLL_MS = 2_000;
/** Half a minute of silence is a restart of the server; more is a server that is gone. */
const POLLS_WITHOUT_ANSWER = 15;

export const systemLog = defineCommand<Options>({
  noun: 'system',
  verb: 'log',
  summary: 'show what the installer of a machine said',
  operand: 'name',
  flags: [
    { flag: '--install <id>', help: 'of this install instead of the last one' },
    {
      flag: '--name <log>',
      help: 'syslog (default), or a log that the installer has uploaded: anaconda, installer, …',
    },
    { flag: '--tail <lines>', help: 'the last so many lines (default 200)' },
    { flag: '--all', help: 'all of it that is kept' },
    { flag: '--follow', help: 'go on showing what comes, until the install is over or ctrl-C' },
  ],
  examples: ['provision system log web001 --follow', 'provision system log web001 --name anaconda --all'],
  parse: ({ name, flags }) => {
    const [install, tail] = [flags.integer('install'), flags.integer('tail')];
    const all = flags.isOn('all');
    if (install !== undefined && install < 1) throw new UsageError('--install wants the id of an install');
    if (tail !== undefined && (tail < 1 || tail > 10_000))
      throw new UsageError('--tail wants 1 to 10000 lines');
    if (all && tail !== undefined) throw new UsageError('--all and --tail exclude each other');
    return {
      system: checkName(name),
      install,
      name: flags.text('name'),
      tail,
      all,
      follow: flags.isOn('follow'),
    };
  },
  run: async (options, context) => {
    const { logs } = await context.connect();
    const first = await readFirst(options, logs);
    if (context.out.json && !options.follow && !options.all) {
      context.out.document(first);
      return undefined;
    }
    show(first, context);
    if (first.text === '' && first.total === 0) sayEmpty(first, context);
    if (options.follow) await follow(options, first, logs, context);
    else if (options.all) await readOn(options, first, logs, (part) => show(part, context));
    return undefined;
  },
});

function readFirst({ system, install, name, tail, all }: Options, logs: LogClient): Promise<InstallLog> {
  return logs.read(system, { install, name, ...(all ? { offset: 0 } : { tail }) });
}

/** Reads up to the end that the log has now; gives its last part. */
async function readOn(
  { system }: Options,
  before: InstallLog,
  logs: LogClient,
  take: (part: InstallLog) => void,
): Promise<InstallLog> {
  let last = before;
  while (last.next < last.total) {
    last = await logs.read(system, nextOf(last));
    take(last);
  }
  return last;
}

function nextOf({ install, name, next }: InstallLog): LogQuery {
  return { install, name, offset: next };
}

async function follow(
  options: Options,
  first: InstallLog,
  logs: LogClient,
  context: CommandContext,
): Promise<void> {
  const take = (part: InstallLog) => show(part, context);
  let last = first;
  let silentPolls = 0;
  for (;;) {
    try {
      last = await readOn(options, last, logs, take);
      if (!LIVE_STATES.includes(last.state)) {
        context.out.say(`the install of ${options.system} is over: ${last.state}`);
        return;
      }
      await context.deps.sleep(POLL_MS);
      last = await logs.read(options.system, nextOf(last));
      take(last);
      silentPolls = 0;
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      silentPolls += 1;
      if (silentPolls > POLLS_WITHOUT_ANSWER) throw error;
      if (silentPolls === 1) context.out.say('the server does not answer; trying again');
      await context.deps.sleep(POLL_MS);
    }
  }
}

function show({ text, leftOutBytes, ...part }: InstallLog, { out }: CommandContext): void {
  if (out.json) {
    if (text !== '') out.documentLine({ ...part, leftOutBytes, text });
    return;
  }
  if (leftOutBytes > 0) out.say(`(${leftOutBytes} bytes are not kept)`);
  if (text === '') return;
  for (const line of text.replace(/\n$/, '').split('\n')) out.line(printableLine(line));
}

function sayEmpty({ system, name, names }: InstallLog, { out }: CommandContext): void {
  const others = names.filter((one) => one !== name);
  const more = others.length === 0 ? '' : `; it has ${others.join(', ')} (--name)`;
  out.say(`the installer of ${system} has said nothing yet${more}`);
}
