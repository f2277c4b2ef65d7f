import { mkdir, mkdtemp } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseAccelerator } from './accelerator.ts';
import { buildAgent } from './agent.ts';
import { checkHost } from './host.ts';
import { chooseDiskParent, type Lab } from './lab.ts';
import { createNetwork } from './network.ts';
import type { LabOptions, Mode } from './options.ts';
import type { Processes } from './processes.ts';
import { findProjectRoot } from './project-root.ts';
import type { Stages } from './stages.ts';
import type { Teardown } from './teardown.ts';

/** The most that a mode's disks take, and what is built there. */
const DISK_BYTES: Record<Mode, number> = { quick: 32e6, image: 3.5e9, full: 4e9 };

export interface Setup {
  readonly processes: Processes;
  readonly stages: Stages;
  readonly teardown: Teardown;
  /** Begins the names of namespaces and folders: two labs at once do not meet. */
  readonly prefix: string;
}

/** Everything that runs of both firmwares share: agent, accelerator, network, folders. */
export async function openLab(options: LabOptions, setup: Setup): Promise<Lab> {
  const { processes, stages, teardown, prefix } = setup;
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
