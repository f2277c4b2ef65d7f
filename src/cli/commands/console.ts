import type { ConsoleSeat } from '../../client/console-client.ts';
import { ApiError } from '../../client/errors.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import type { RawKeys } from '../deps.ts';
import { UsageError } from '../errors.ts';
import { KEYS_HELP, type KeysState, readKeys } from '../output/console-keys.ts';
import { checkName } from '../records/check-name.ts';

interface ConsoleCommand {
  readonly name: string;
  readonly mode: 'write' | 'watch' | 'steal';
}

export const consoleCommand = defineCommand<ConsoleCommand>({
  noun: 'console',
  verb: null,
  summary: 'sit at the serial console of a machine, by its BMC; ~. leaves',
  operand: 'name',
  flags: [
    { flag: '--watch', help: 'only look; type nothing' },
    { flag: '--steal', help: 'take the keyboard from who has it, and the console from other programs' },
  ],
  examples: ['provision console web001', 'provision console web001 --watch'],
  parse: ({ name, flags }) => {
    const [watch, steal] = [flags.isOn('watch'), flags.isOn('steal')];
    if (watch && steal) throw new UsageError('--watch and --steal exclude each other');
    return { name: checkName(name), mode: watch ? 'watch' : steal ? 'steal' : 'write' };
  },
  run: async ({ name, mode }, context) => {
    const client = await context.connect();
    const seat = await client.consoles.open(name, mode);
    context.out.say(greeting(name, mode, seat));
    const terminal = context.deps.rawKeys();
    try {
      await Promise.race([show(seat, context), type(seat, terminal, context)]);
    } finally {
      terminal.restore();
      seat.leave();
    }
    context.out.sayBetween(`the console of ${name} is left`);
    return undefined;
  },
});

function greeting(name: string, mode: ConsoleCommand['mode'], { mayType, writer }: ConsoleSeat): string {
  if (mayType) return `the console of ${name}; ~. leaves, ~? helps`;
  if (mode === 'watch' || writer === null) return `you watch the console of ${name}; ~. leaves`;
  return `you watch the console of ${name}, as ${writer} types; --steal takes the keyboard; ~. leaves`;
}

async function show(seat: ConsoleSeat, { deps }: CommandContext): Promise<void> {
  for await (const bytes of seat.output) deps.writeBytes(bytes);
}

/** Resolves when the escape to leave was typed, or there are no more keys. */
async function type(seat: ConsoleSeat, terminal: RawKeys, context: CommandContext): Promise<void> {
  const { deps, out } = context;
  let state: KeysState = 'line-begin';
  for await (const bytes of terminal.keys) {
    const keys = readKeys(state, Buffer.from(bytes));
    state = keys.state;
    if (keys.typed.length > 0 && seat.mayType) await told(context, () => seat.type(keys.typed));
    for (const action of keys.actions) {
      if (action === 'leave') return;
      if (action === 'help') out.sayBetween(...KEYS_HELP);
      if (action === 'break' && seat.mayType) await told(context, () => seat.sendBreak());
    }
  }
  // A pipe that has ended: what the machine answers is wanted still.
  if (!deps.stdinIsTty) await new Promise(() => {});
}

/** A keyboard that was taken, or a machine that takes nothing, is no end of looking. */
async function told({ out }: CommandContext, typing: () => Promise<void>): Promise<void> {
  try {
    await typing();
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'wrong-state') throw error;
    out.sayBetween(error.message);
  }
}
