// node storm-program.js PLAN: plays one storm of machines from DISCOVER to answer file (the plan as JSON, see StormPlan) and
// prints its report as JSON.
import { type PxeStormOptions, type PxeStormReport, runPxeStorm } from '../support/pxe-storm.ts';
import { bootMachine, loaderNameOf, STAGES, type Stage, type StormFiles } from './storm-machine.ts';

export interface StormPlan {
  readonly dhcp: PxeStormOptions;
  readonly server: string;
  readonly files: StormFiles;
}

export interface StormReport {
  readonly dhcp: PxeStormReport;
  /** Machines that have everything. */
  readonly booted: number;
  /** The others that had an address, and what stopped them: some of them. */
  readonly failures: readonly string[];
  /** 99 of 100 machines took no longer, by stage. */
  readonly p99Ms: Readonly<Record<Stage, number>>;
  readonly repeats: Readonly<Record<Stage, number>>;
  /** From the first DISCOVER to the last byte of the last answer file. */
  readonly seconds: number;
}

const FAILURES_TOLD = 20;

async function play({ dhcp, server, files }: StormPlan): Promise<StormReport> {
  const took = new Map<Stage, number[]>(STAGES.map((stage) => [stage, []]));
  const repeats = Object.fromEntries(STAGES.map((stage) => [stage, 0])) as Record<Stage, number>;
  const on = {
    boot: (stage: Stage, ms: number) => void took.get(stage)?.push(ms),
    repeat: (stage: Stage) => {
      repeats[stage] += 1;
    },
  };
  const failures: string[] = [];
  const boots: Promise<boolean>[] = [];
  const startedMs = performance.now();
  const report = await runPxeStorm(dhcp, ({ address, mac, ack }) => {
    const loader = loaderNameOf(ack);
    const boot = bootMachine({ address, mac }, loader, { server, files, on });
    boots.push(
      boot.then(
        () => true,
        (error: unknown) => {
          failures.push(String(error));
          return false;
        },
      ),
    );
  });
  const booted = (await Promise.all(boots)).filter((isBooted) => isBooted).length;
  const p99Ms = Object.fromEntries(STAGES.map((stage) => [stage, p99(took.get(stage) ?? [])]));
  return {
    dhcp: report,
    booted,
    failures: failures.slice(0, FAILURES_TOLD),
    p99Ms: p99Ms as Record<Stage, number>,
    repeats,
    seconds: (performance.now() - startedMs) / 1000,
  };
}

/** The nearest rank; 0 where nobody got so far, as JSON has no NaN. */
function p99(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * 0.99) - 1)] ?? 0;
}

console.log(JSON.stringify(await play(JSON.parse(process.argv[2] ?? '') as StormPlan)));
