import { runFull } from './full.ts';
import { runImage } from './image.ts';
import { describeKept } from './kept.ts';
import type { Lab } from './lab.ts';
import type { Firmware } from './machine.ts';
import { openLab } from './open-lab.ts';
import { type LabOptions, type Mode, parseOptions, USAGE, UsageError } from './options.ts';
import { Processes } from './processes.ts';
import { runQuick } from './quick.ts';
import { Stages } from './stages.ts';
import { Teardown } from './teardown.ts';
import { describeEvidence } from './watch.ts';

const RUNS: Record<Mode, (lab: Lab, firmware: Firmware) => Promise<void>> = {
  quick: runQuick,
  image: runImage,
  full: runFull,
};

async function runLab(options: LabOptions): Promise<number> {
  // with --json the summary alone is on standard output
  const write = (line: string) => (options.json ? process.stderr : process.stdout).write(`${line}\n`);
  const stages = new Stages(write);
  const processes = new Processes();
  const prefix = `plab${process.pid}`;
  const teardown = new Teardown(processes, prefix);
  const interruption = watchSignals(teardown, write);

  let lab: Lab | undefined;
  let failure: string | undefined;
  try {
    lab = await openLab(options, { processes, stages, teardown, prefix });
    for (const firmware of options.firmwares) await RUNS[options.mode](lab, firmware);
  } catch (error) {
    if (interruption.hasBegun()) return interruption.exit;
    failure = error instanceof Error ? error.message : String(error);
    if (lab) write(await describeEvidence(lab.workDir));
  }
  if (options.keep) {
    teardown.keep();
    write(describeKept(lab, prefix, options.firmwares.at(-1) ?? 'bios'));
  }
  await teardown.run();
  stages.say(failure === undefined ? `${options.mode} run passed` : `${options.mode} run FAILED: ${failure}`);
  if (options.json)
    process.stdout.write(`${JSON.stringify(summarise(options, stages, lab, failure), null, 2)}\n`);
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
  stages: Stages,
  lab: Lab | undefined,
  failure: string | undefined,
): object {
  return {
    mode: options.mode,
    firmwares: options.firmwares,
    passed: failure === undefined,
    failure: failure ?? null,
    accelerator: lab?.accelerator.name ?? null,
    seconds: stages.seconds,
    stages: stages.results,
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
