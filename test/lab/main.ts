import { mkdir, mkdtemp } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseAccelerator } from './accelerator.ts';
import { buildAgent } from './agent.ts';
import { runFull } from './full.ts';
import { checkHost } from './host.ts';
import { runImage } from './image.ts';
import { chooseDiskParent, type Lab } from './lab.ts';
import type { Firmware } from './machine.ts';
import { createNetwork, namespaceNames } from './network.ts';
import { type LabOptions, type Mode, parseOptions, USAGE, UsageError } from './options.ts';
import { Processes } from './processes.ts';
import { findProjectRoot } from './project-root.ts';
import { runQuick } from './quick.ts';
import { Stages } from './stages.ts';
import { Teardown } from './teardown.ts';
import { describeEvidence } from './watch.ts';

const RUNS: Record<Mode, (lab: Lab, firmware: Firmware) => Promise<void>> = {
  quick: runQuick,
  image: runImage,
  full: runFull,
};
/** The most that a mode's disks take. */
const DISK_BYTES: Record<Mode, number> = { quick: 32e6, image: 2e9, full: 4e9 };

async function openLab(options: LabOptions, stages: Stages, teardown: Teardown, setup: Setup): Promise<Lab> {
  const { processes, prefix } = setup;
  const root = findProjectRoot();
  const cacheDir = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'provision-lab');
  await mkdir(cacheDir, { recursive: true });
  const workDir = await mkdtemp(join(tmpdir(), `${prefix}-`));
  teardown.removeFolderAtEnd(workDir);
  const diskDir = await mkdtemp(
    join(await chooseDiskParent(DISK_BYTES[options.mode], tmpdir()), `${prefix}-`),
  );
  teardown.removeFolderAtEnd(diskDir);
  await checkHost(root, options.firmwares);

  const outDir = join(workDir, 'agent');
  const agent = await stages.run('build the deploy agent', () =>
    buildAgent(processes, { root, outDir, cacheDir }),
  );
  const accelerator = await stages.run('choose the accelerator', () =>
    chooseAccelerator(processes, agent, workDir),
  );
  stages.say(`accelerator: ${accelerator.name} (${accelerator.reason})`);
  const network = await stages.run('make the network namespaces', () => createNetwork(processes, prefix));
  return { root, cacheDir, workDir, diskDir, processes, stages, network, accelerator, agent };
}

interface Setup {
  readonly processes: Processes;
  readonly prefix: string;
}

function describeKept(lab: Lab | undefined, prefix: string): string {
  if (!lab) return 'nothing to keep: the lab never came up';
  const [server, wire] = namespaceNames(prefix);
  return [
    'kept as it is:',
    `  files, logs, serial output   ls -R ${lab.workDir}; disks in ${lab.diskDir}`,
    `  the server                   node ${lab.root}/dist/src/cli/main.js --server unix:${lab.workDir}/bios/data/provision.sock status`,
    `  inside the server's network  ip netns exec ${server} ip address`,
    `  the wire                     ip netns exec ${wire} tcpdump -ni labbr0`,
    `  the machine's console        socat -,raw,echo=0 UNIX-CONNECT:${lab.workDir}/bios/web001.serial.sock`,
    `  take it down                 ip netns pids ${wire} ${server} | xargs -r kill; ip netns del ${wire}; ip netns del ${server}; rm -r ${lab.workDir} ${lab.diskDir}`,
  ].join('\n');
}

async function runLab(options: LabOptions): Promise<number> {
  // with --json the summary alone is on standard output
  const write = (line: string) => (options.json ? process.stderr : process.stdout).write(`${line}\n`);
  const stages = new Stages(write);
  const setup: Setup = { processes: new Processes(), prefix: `plab${process.pid}` };
  const teardown = new Teardown(setup.processes, setup.prefix);
  const onSignal = (signal: NodeJS.Signals) => {
    write(`${signal}: taking the lab down`);
    teardown.run().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  };
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);

  let lab: Lab | undefined;
  let failure: string | undefined;
  try {
    lab = await openLab(options, stages, teardown, setup);
    for (const firmware of options.firmwares) await RUNS[options.mode](lab, firmware);
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
    if (lab) write(await describeEvidence(lab.workDir));
  }
  if (options.keep) {
    teardown.keep();
    write(describeKept(lab, setup.prefix));
  }
  await teardown.run();
  stages.say(failure === undefined ? `${options.mode} run passed` : `${options.mode} run FAILED: ${failure}`);
  if (options.json)
    process.stdout.write(`${JSON.stringify(summarise(options, stages, lab, failure), null, 2)}\n`);
  return failure === undefined ? 0 : 1;
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
