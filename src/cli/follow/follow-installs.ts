import { Unreachable } from '../../client/errors.ts';
import type { InstallClient } from '../../client/install-client.ts';
import { INSTALL_STATES, type Install } from '../../domain/install/install.ts';
import type { BatchProgress } from '../../domain/install/install-batch.ts';
import type { CommandContext } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { printable } from '../output/printable.ts';

const POLL_MS = 2_000;
/** Half a minute of silence is a restart of the server, which goes on with its installs; more is a server that is gone. */
const POLLS_WITHOUT_ANSWER = 15;
/** Machines of the live view: those that something is happening to; the counts have them all. */
const MOST_LINES = 40;

/**
 * Shows how far a batch is until all of it is over: on a terminal one view that is drawn anew, else a line for each change
 * (with `--json` the install, one a line). 0: all are ready; 8: some; 1: none.
 */
export async function followInstalls(
  batch: string,
  installs: Pick<InstallClient, 'batch'>,
  context: CommandContext,
): Promise<ExitCode> {
  const show = context.deps.stdout.isTTY && !context.out.json ? liveView(context) : changes(context);
  let silent = 0;
  for (;;) {
    try {
      const progress = await installs.batch(batch);
      silent = 0;
      show(progress);
      if (progress.isOver) return verdict(progress, context);
    } catch (error) {
      silent += 1;
      if (!(error instanceof Unreachable) || silent > POLLS_WITHOUT_ANSWER) throw error;
      if (silent === 1) context.out.say('the server does not answer; trying again');
    }
    await context.deps.sleep(POLL_MS);
  }
}

/** `12 ready, 3 installing, 1 failed`, in the order of an install's life. */
export function countsText({ counts, refused }: Pick<BatchProgress, 'counts' | 'refused'>): string {
  const parts = INSTALL_STATES.flatMap((state) => (counts[state] ? [`${counts[state]} ${state}`] : []));
  if (refused.length > 0) parts.push(`${refused.length} refused`);
  return parts.join(', ');
}

function liveView({ deps, out }: CommandContext): (progress: BatchProgress) => void {
  let drawn = 0;
  return (progress) => {
    const busy = progress.items.filter(({ state }) => state !== 'queued' && state !== 'ready');
    const lines = [
      out.colors.bold(countsText(progress)),
      ...busy.slice(0, MOST_LINES).map((one) => lineOf(one, '  ')),
    ];
    if (busy.length > MOST_LINES) lines.push(`and ${busy.length - MOST_LINES} more`);
    // ANSI: up to the first line of what was drawn before, and clear from there.
    const back = drawn === 0 ? '' : `\u001b[${drawn}A\u001b[0J`;
    deps.stdout.write(`${back}${lines.map((line) => `${line}\n`).join('')}`);
    drawn = lines.length;
  };
}

function changes({ out }: CommandContext): (progress: BatchProgress) => void {
  const told = new Map<number, string>();
  return ({ items }) => {
    for (const install of items) {
      const now = `${install.state} ${install.stage}`;
      if (told.get(install.id) === now) continue;
      told.set(install.id, now);
      if (out.json) out.documentLine(install);
      else out.line(lineOf(install, '\t'));
    }
  };
}

function lineOf({ system, state, stage, reason }: Install, between: string): string {
  return [system, state, stage ?? '', reason ?? ''].map(printable).join(between).trimEnd();
}

function verdict(progress: BatchProgress, { out }: CommandContext): ExitCode {
  const { items, refused, stopped } = progress;
  if (stopped !== null) out.say(stopped.reason);
  out.say(`over: ${countsText(progress)}`);
  const ready = items.filter(({ state }) => state === 'ready').length;
  if (ready === items.length && refused.length === 0) return EXIT.ok;
  return ready > 0 ? EXIT.partial : EXIT.failure;
}
