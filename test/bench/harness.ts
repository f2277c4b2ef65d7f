/** What a case has to reach: a bound on our figure, or on how many times better it is than the peer's. */
export type Goal =
  | { readonly ours: 'at most' | 'at least'; readonly value: number }
  | { readonly ratio: 'at least'; readonly value: number };

/** Something that is measured, set up and ready. */
export interface Contender {
  /** One figure, in the unit of the case. What it has to prepare or tidy up is outside the figure. */
  sample(): number | Promise<number>;
  stop(): void | Promise<void>;
}

export interface Case {
  readonly name: string;
  readonly unit: string;
  /** Which of two figures is the better one. */
  readonly better: 'less' | 'more';
  readonly goal: Goal;
  /** Samples that are thrown away first. */
  readonly warmups: number;
  /** Samples whose median is the figure; at least 1. */
  readonly samples: number;
  start(): Promise<Contender>;
  /** The program that ours is held against, in the same run; null where none is measured yet. */
  readonly peer: { readonly name: string; start(): Promise<Contender> } | null;
}

/** One line of the report. `ratio` above 1: ours is so many times better, whichever way the unit points. */
export interface Result {
  readonly bench: string;
  readonly case: string;
  readonly unit: string;
  readonly ours: number | null;
  readonly peer: number | null;
  readonly peerName: string | null;
  readonly ratio: number | null;
  readonly goal: Goal;
  readonly met: boolean;
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
 * Measures one case. Ours and the peer are sampled in turn, so that what else the machine does meets both. A case that
 * breaks has no figure and misses its goal; `onBroken` hears why.
 */
export async function runCase(
  bench: string,
  item: Case,
  onBroken: (error: unknown) => void,
): Promise<Result> {
  const figures = await measure(item).catch((error: unknown) => {
    onBroken(error);
    return { ours: null, peer: null };
  });
  const { ours, peer } = figures;
  const ratio = ours === null || peer === null ? null : item.better === 'less' ? peer / ours : ours / peer;
  return {
    bench,
    case: item.name,
    unit: item.unit,
    ours,
    peer,
    peerName: item.peer?.name ?? null,
    ratio,
    goal: item.goal,
    met: isMet(item.goal, ours, ratio),
  };
}

async function measure(item: Case): Promise<{ ours: number; peer: number | null }> {
  const contenders: Contender[] = [];
  try {
    contenders.push(await item.start());
    if (item.peer !== null) contenders.push(await item.peer.start());
    const figures: number[][] = contenders.map(() => []);
    for (let round = -item.warmups; round < item.samples; round++) {
      for (const [index, contender] of contenders.entries()) {
        const figure = await contender.sample();
        if (round >= 0) figures[index]?.push(figure);
      }
    }
    const [ours, peer] = figures.map(median);
    if (ours === undefined) throw new RangeError('nothing was measured');
    return { ours, peer: peer ?? null };
  } finally {
    for (const contender of contenders) await contender.stop();
  }
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
