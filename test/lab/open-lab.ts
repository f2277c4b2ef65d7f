import { mkdir, mkdtemp } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseAccelerator } from './accelerator.ts';
import { buildAgent } from './agent.ts';
import { checkHost } from './host.ts';
import { chooseDiskParent, type LabHost } from './lab.ts';
import type { LabOptions, Mode } from './options.ts';
import { Processes } from './processes.ts';
import { findProjectRoot } from './project-root.ts';
import { scenarioOf } from './scenarios.ts';
import type { Stages } from './stages.ts';
import type { Teardown } from './teardown.ts';

/** The most that the disks of one scenario take, and what is built there. */
const DISK_BYTES: Record<Mode, number> = { quick: 32e6, image: 3.5e9, full: 4e9 };

/** Everything that all scenarios share: agent, accelerator, folders. */
export async function openLab(
  options: LabOptions,
  { stages, teardown, prefix }: { stages: Stages; teardown: Teardown; prefix: string },
): Promise<LabHost> {
  const processes = new Processes();
  teardown.stopAtEnd(processes);
  const root = findProjectRoot();
  const cacheDir = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'provision-lab');
  await mkdir(cacheDir, { recursive: true });
  const workDir = await mkdtemp(join(tmpdir(), `${prefix}-`));
  teardown.removeFolderAtEnd(workDir);
  const diskBytes = DISK_BYTES[options.mode] * options.scenarios.length;
  const diskDir = await mkdtemp(join(await chooseDiskParent(diskBytes, tmpdir()), `${prefix}-`));
  teardown.removeFolderAtEnd(diskDir);
  const firmwares = options.scenarios.map((name) => scenarioOf(name).firmware);
  await checkHost(root, { firmwares, handsOff: options.mode !== 'quick' });

  const outDir = join(workDir, 'agent');
  const agent = await stages.run('build the deploy agent', () =>
    buildAgent(processes, { root, outDir, cacheDir }),
  );
  const accelerator = await stages.run('choose the accelerator', () =>
    chooseAccelerator(processes, agent, workDir),
  );
  stages.say(`accelerator: ${accelerator.name} (${accelerator.reason})`);
  return { root, cacheDir, workDir, diskDir, accelerator, agent };
}
