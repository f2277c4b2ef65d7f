import { Unreachable } from '../../client/errors.ts';
import type { HandoffClient, HandoffLogPiece } from '../../client/handoff-client.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { exitOfRuns, runIdOf } from '../output/handoff-view.ts';
import { printable } from '../output/printable.ts';

const POLL_MS = 1_000;
/** Half a minute of silence is a restart of the server, which goes on with its runs; more is a server that is gone. */
const POLLS_WITHOUT_ANSWER = 30;

export const handoffLog = defineCommand<{ readonly id: number; readonly follow: boolean }>({
  noun: 'handoff',
  verb: 'log',
  summary: 'show what the program of a hand-off run has written, with the diff of a check',
  operand: 'run',
  flags: [{ flag: '--follow', help: 'go on until the run is over, and exit as it did' }],
  examples: ['provision handoff log 17', 'provision handoff log 17 --follow'],
  parse: ({ name, flags }) => ({ id: runIdOf(name), follow: flags.isOn('follow') }),
  run: async ({ id, follow }, context) => {
    const { handoffs } = await context.connect();
    let from = 0;
    for (;;) {
      const piece = await readPiece(handoffs, { id, from, isFirst: from === 0 }, context);
      show(piece, context);
      const isMore = piece.next > from;
      from = piece.next;
      if (piece.over || (!isMore && !follow)) break;
      if (!isMore) await context.deps.sleep(POLL_MS);
    }
    if (!follow) return undefined;
    const run = await handoffs.get(id);
    context.out.say(`run ${id} is ${run.state}: ${run.message}`);
    if (run.hint !== null) context.out.say(`next: ${run.hint}`);
    return exitOfRuns([run], 0);
  },
});

async function readPiece(
  handoffs: HandoffClient,
  { id, from, isFirst }: { id: number; from: number; isFirst: boolean },
  { deps, out }: CommandContext,
): Promise<HandoffLogPiece> {
  for (let silent = 0; ; silent += 1) {
    try {
      return await handoffs.log(id, from);
    } catch (error) {
      if (!(error instanceof Unreachable) || isFirst || silent > POLLS_WITHOUT_ANSWER) throw error;
      if (silent === 0) out.say('the server does not answer; trying again');
    }
    await deps.sleep(POLL_MS);
  }
}

/** What a machine has written could move the cursor: every line is made harmless. */
function show({ text }: HandoffLogPiece, { out }: CommandContext): void {
  if (text === '') return;
  for (const line of text.replace(/\n$/, '').split('\n')) {
    if (out.json) out.documentLine({ line });
    else out.line(printable(line.replaceAll('\t', '    ').replace(/\r$/, '')));
  }
}
