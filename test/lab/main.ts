import { runFault } from './faults/run-fault.ts';
import { runFull } from './full.ts';
import { runImage } from './image.ts';
import { describeKept } from './kept.ts';
import type { Lab, LabHost } from './lab.ts';
import { openLab } from './open-lab.ts';
import { type LabOptions, type Mode, parseOptions, USAGE, UsageError } from './options.ts';
import { runQuick } from './quick.ts';
import { runScenarios, type ScenarioResult } from './run-scenarios.ts';
import { Stages } from './stages.ts';
import { Teardown } from './teardown.ts';

const RUNS: Record<Mode, (lab: Lab) => Promise<void>> = {
  quick: (lab) => (lab.scenario.fault === undefined ? runQuick(lab) : runFault(lab, lab.scenario.fault)),
  image: runImage,
  full: runFull,
};

async function runLab(options: LabOptions): Promise<number> {
  // with --json the summary alone is on standard output
  const write = (line: string) => (options.json ? process.stderr : process.stdout).write(`${line}\n`);
  const stages = new Stages(write);
  const prefix = `plab${process.pid}`;
  const teardown = new Teardown();
  const interruption = watchSignals(teardown, write);

  let host: LabHost | undefined;
  let failure: string | undefined;
  let results: readonly ScenarioResult[] = [];
  try {
    host = await openLab(options, { stages, teardown, prefix });
    const setup = { stages, teardown, prefix, jobs: options.jobs, keep: options.keep };
    results = await runScenarios(host, options.scenarios, RUNS[options.mode], setup);
    const failed = results.filter((result) => result.failure !== null);
    if (failed.length > 0) failure = failed.map(({ scenario }) => scenario).join(', ');
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
  }
  if (interruption.hasBegun()) return interruption.exit;
  if (options.keep) {
    write(describeKept(host, prefix, { scenarios: options.scenarios, takeDown: teardown.keep() }));
  }
  await teardown.run();
  for (const { scenario, failure: reason } of results)
    stages.say(`${scenario}: ${reason === null ? 'passed' : `FAILED: ${reason}`}`);
  stages.say(failure === undefined ? `${options.mode} run passed` : `${options.mode} run FAILED: ${failure}`);
  if (options.json)
    process.stdout.write(
      `${JSON.stringify(summarise(options, { stages, host, results, failure }), null, 2)}\n`,
    );
  return failure === undefined ? 0 : 1;
}

interface Interruption {
  hasBegun(): boolean;
  /** Never resolves: the process ends when everything is taken down, with the status of its signal. */
  readonly exit: Promise<never>;
}

function watchSignals(teardown: Teardown, write: (line: string) => void): Interruption {
  let begun = false;
  const onSignal = (signal: NodeJS.Signals, status: number) => {
    if (begun) return;
    begun = true;
    write(`${signal}: taking the lab down`);
    teardown.run().finally(() => process.exit(status));
  };
  process.on('SIGINT', () => onSignal('SIGINT', 130));
  process.on('SIGTERM', () => onSignal('SIGTERM', 143));
  process.on('SIGHUP', () => onSignal('SIGHUP', 129));
  return { hasBegun: () => begun, exit: new Promise<never>(() => {}) };
}

function summarise(
  options: LabOptions,
  run: {
    stages: Stages;
    host: LabHost | undefined;
    results: readonly ScenarioResult[];
    failure: string | undefined;
  },
): object {
  return {
    mode: options.mode,
    passed: run.failure === undefined,
    failure: run.failure ?? null,
    accelerator: run.host?.accelerator.name ?? null,
    seconds: run.stages.seconds,
    stages: run.stages.results,
    scenarios: run.results,
  };
}

async function main(): Promise<number> {
  try {
    const options = parseOptions(process.argv.slice(2));
    if (!options.help) return await runLab(options);
    process.stdout.write(`${USAGE}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${USAGE}\n`);
    return 2;
  }
}

// exit by hand: with --keep the machine and the server live on, and their handles would hold this process
process.exit(await main());
