import { type Handoff, OPEN_HANDOFF_STATES } from '../../domain/handoff/handoff.ts';
import type { CommandContext } from '../command.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { formatDistance } from '../flags/duration.ts';
import type { Column } from './table.ts';

export const HANDOFF_COLUMNS: readonly Column<Handoff>[] = [
  { header: 'RUN', value: ({ id }) => id },
  { header: 'SYSTEM', value: ({ system }) => system },
  { header: 'HAND-OFF', value: ({ definition }) => definition },
  {
    header: 'FOR',
    value: ({ install, check }) => (install === null ? (check ? 'check' : 'run') : `install ${install}`),
  },
  { header: 'STATE', value: ({ state }) => state },
  { header: 'CHANGED', value: ({ changed }) => changed },
  {
    header: 'SINCE',
    value: ({ stateAt }) => stateAt,
    pretty: ({ stateAt }, now) => formatDistance(stateAt, now),
  },
  { header: 'MESSAGE', value: ({ message }) => message },
];

/** The number of a run, as it is typed. Throws UsageError. */
export function runIdOf(text: string): number {
  if (/^[0-9]{1,15}$/.test(text)) return Number(text);
  throw new UsageError(
    `'${text}' is not the number of a hand-off run`,
    'list them with: provision handoff list',
  );
}

export function isOpenRun({ state }: Handoff): boolean {
  return OPEN_HANDOFF_STATES.includes(state);
}

const POLL_MS = 1_000;

/** Waits until every one of these runs is over, and gives them back as they are then. */
export async function waitForRuns(
  runs: readonly Handoff[],
  context: CommandContext,
): Promise<readonly Handoff[]> {
  const { deps, out } = context;
  const { handoffs } = await context.connect();
  let now = runs;
  while (now.some(isOpenRun)) {
    await deps.sleep(POLL_MS);
    const before = now;
    now = await Promise.all(before.map((run) => (isOpenRun(run) ? handoffs.get(run.id) : run)));
    for (const [index, run] of now.entries())
      if (run.state !== before[index]?.state && deps.stderr.isTTY)
        out.say(`${run.system}: ${run.state}: ${run.message}`);
  }
  return now;
}

/** 0 where all went well, 8 where some did. */
export function exitOfRuns(runs: readonly Handoff[], refused: number): ExitCode {
  const bad = runs.filter((run) => run.state !== 'done' && !isOpenRun(run)).length + refused;
  if (bad === 0) return EXIT.ok;
  return bad < runs.length + refused ? EXIT.partial : EXIT.failure;
}

/** What to do next, each word once. */
export function sayHints(hints: readonly (string | null)[], { out }: CommandContext): void {
  for (const hint of new Set(hints)) if (hint !== null && hint !== '') out.say(`next: ${hint}`);
}
