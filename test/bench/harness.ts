/** What a figure has to reach: a bound on ours, or on how many times better it is than the best peer's. */
export type Goal =
  | { readonly ours: 'at most' | 'at least'; readonly value: number }
  | { readonly ratio: 'at least'; readonly value: number };

/** One thing that a case measures. */
export interface Measure {
  readonly name: string;
  readonly unit: string;
  /** Which of two figures is the better one. */
  readonly better: 'less' | 'more';
  /** Null where a figure is only stated. */
  readonly goal: Goal | null;
}

/** Something that is measured, set up and ready. */
export interface Contender {
  /**
   * One figure, in the unit of the case; where the case measures more than one thing (`also`), all of them, its own
   * first. What it has to prepare or tidy up is outside the figures.
   */
  sample(): number | readonly number[] | Promise<number | readonly number[]>;
  stop(): void | Promise<void>;
}

/** A program that ours is held against, in the same run. */
export interface Peer {
  readonly name: string;
  start(): Promise<Contender>;
}

export interface Case extends Measure {
  /** What the same samples tell besides: each becomes a line of its own. */
  readonly also?: readonly Measure[];
  /** Samples that are thrown away first. */
  readonly warmups: number;
  /** Samples whose median is the figure; at least 1. */
  readonly samples: number;
  start(): Promise<Contender>;
  readonly peers: readonly Peer[];
}

/** A peer's figure; null where it could not be measured. */
export interface PeerFigure {
  readonly name: string;
  readonly figure: number | null;
}

/** One line of the report. `ratio` above 1: ours is so many times better than `best`, whichever way the unit points. */
export interface Result {
  readonly bench: string;
  readonly case: string;
  readonly unit: string;
  readonly ours: number | null;
  readonly peers: readonly PeerFigure[];
  /** The peer with the best figure; null where there is none. */
  readonly best: string | null;
  readonly ratio: number | null;
  readonly goal: Goal | null;
  /** Null where there is no goal. */
  readonly met: boolean | null;
}

/** The middle figure, or the mean of the two in the middle. Throws RangeError for no figures at all. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  const high = sorted[Math.floor(sorted.length / 2)];
  if (low === undefined || high === undefined) throw new RangeError('a median needs a figure');
  return (low + high) / 2;
}

/**
 * Measures one case: a line for itself and one for each of `also`. Ours and the peers are sampled in turn, so that what
 * else the machine does meets all of them. Whoever breaks has no figure, and `onBroken` hears why; a goal is missed
 * without ours, and a ratio also where a peer is missing, which might have been the best.
 */
export async function runCase(
  bench: string,
  item: Case,
  onBroken: (error: unknown, who: string) => void,
): Promise<Result[]> {
  const [ours, ...peers] = await measure(item, onBroken);
  return [item, ...(item.also ?? [])].map((measured, index) =>
    toResult(
      bench,
      measured,
      ours?.medians?.[index] ?? null,
      peers.map(({ name, medians }) => ({ name, figure: medians?.[index] ?? null })),
    ),
  );
}

function toResult(
  bench: string,
  { name, unit, better, goal }: Measure,
  ours: number | null,
  peers: readonly PeerFigure[],
): Result {
  const best = bestOf(peers, better);
  const ratio =
    ours === null || best === undefined ? null : better === 'less' ? best.figure / ours : ours / best.figure;
  return {
    bench,
    case: name,
    unit,
    ours,
    peers,
    best: best?.name ?? null,
    ratio,
    goal,
    met: goal === null ? null : isMet(goal, ours, peers.some(({ figure }) => figure === null) ? null : ratio),
  };
}

function bestOf(
  peers: readonly PeerFigure[],
  better: Measure['better'],
): { readonly name: string; readonly figure: number } | undefined {
  const measured = peers.flatMap(({ name, figure }) => (figure === null ? [] : [{ name, figure }]));
  measured.sort((a, b) => (better === 'less' ? a.figure - b.figure : b.figure - a.figure));
  return measured[0];
}

interface Runner {
  readonly name: string;
  readonly start: () => Promise<Contender>;
  contender?: Contender;
  /** The figures of each sample; undefined once it broke. */
  samples: (readonly number[])[] | undefined;
}

async function measure(
  item: Case,
  onBroken: (error: unknown, who: string) => void,
): Promise<{ name: string; medians: number[] | undefined }[]> {
  const runners: Runner[] = [{ name: 'ours', start: () => item.start() }, ...item.peers].map(
    ({ name, start }) => ({ name, start, samples: [] }),
  );
  const attempt = async (runner: Runner, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      runner.samples = undefined;
      onBroken(error, runner.name);
    }
  };
  for (const runner of runners)
    await attempt(runner, async () => {
      runner.contender = await runner.start();
    });
  for (let round = -item.warmups; round < item.samples; round++) {
    for (const runner of runners) {
      const { contender, samples } = runner;
      if (contender === undefined || samples === undefined) continue;
      await attempt(runner, async () => {
        const figures = [await contender.sample()].flat() as readonly number[];
        const wanted = 1 + (item.also?.length ?? 0);
        if (figures.length !== wanted || figures.some(Number.isNaN))
          throw new RangeError(`the sample gave ${figures.join(', ')} instead of ${wanted} figures`);
        if (round >= 0) samples.push(figures);
      });
    }
  }
  for (const runner of runners) await attempt(runner, async () => runner.contender?.stop());
  return runners.map(({ name, samples }) => ({ name, medians: samples && mediansOf(samples) }));
}

function mediansOf(samples: readonly (readonly number[])[]): number[] {
  const [first = []] = samples;
  return first.map((_, index) => median(samples.map((figures) => figures[index] ?? Number.NaN)));
}

function isMet(goal: Goal, ours: number | null, ratio: number | null): boolean {
  const figure = 'ratio' in goal ? ratio : ours;
  if (figure === null || Number.isNaN(figure)) return false;
  return 'ours' in goal && goal.ours === 'at most' ? figure <= goal.value : figure >= goal.value;
}

/** Milliseconds that a piece of work takes. */
export async function millisecondsOf(work: () => unknown): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
