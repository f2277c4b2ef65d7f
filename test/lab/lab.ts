import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Accelerator } from './accelerator.ts';
import type { AgentFiles } from './agent.ts';
import { type Firmware, Machine, type MachineSpec } from './machine.ts';
import { type LabNetwork, NETWORK, RANGE, SERVER_ADDRESS } from './network.ts';
import type { Processes } from './processes.ts';
import { ProvisionCommand } from './provision-command.ts';
import { type Provisiond, startProvisiond } from './provisiond.ts';
import type { Stages } from './stages.ts';

export const SYSTEM = 'web001';
export const MAC = '52:54:00:99:00:11';
export const ADDRESS = '10.99.0.11';

/** What a run has to work with; made once, for one or for both firmwares. */
export interface Lab {
  readonly root: string;
  readonly cacheDir: string;
  /** Removed at the end. */
  readonly workDir: string;
  /** For disks: in memory where there is room. */
  readonly diskDir: string;
  readonly processes: Processes;
  readonly stages: Stages;
  readonly network: LabNetwork;
  readonly accelerator: Accelerator;
  readonly agent: AgentFiles;
}

/** A server and the command that drives it, fresh for one run. */
export interface Site {
  readonly dir: string;
  readonly provisiond: Provisiond;
  readonly command: ProvisionCommand;
}

export async function openSite(lab: Lab, firmware: Firmware, fileRoots: readonly string[]): Promise<Site> {
  const dir = join(lab.workDir, firmware);
  const namespace = lab.network.serverNamespace;
  const loaderDir = dirname(lab.agent.kernel);
  const options = { root: lab.root, namespace, dir, fileRoots, loaderDir };
  const provisiond = await startProvisiond(lab.processes, options);
  return { dir, provisiond, command: new ProvisionCommand(lab.processes, lab.root, provisiond.socket) };
}

/** The deploy agent as a distro, talking on the serial port. */
export async function addDistro(lab: Lab, site: Site): Promise<void> {
  const files = ['--kernel', lab.agent.kernel, '--initrd', lab.agent.initrd];
  const args = ['--family', 'image', '--version', '1', '--kernel-args', 'console=ttyS0 quiet'];
  await site.command.run('distro', 'add', 'agent', ...files, ...args);
}

/** The lab's network and its one machine, as a user would enter them; the profile has to be there already. */
export async function addSubnetAndSystem(site: Site, profile: string): Promise<void> {
  const network = ['--network', NETWORK, '--gateway', SERVER_ADDRESS, '--dns', SERVER_ADDRESS];
  await site.command.run('subnet', 'add', 'lab', ...network, '--range', RANGE, '--dhcp', 'authoritative');
  await site.command.run('system', 'add', SYSTEM, '--profile', profile, '--mac', MAC, '--ip', ADDRESS);
}

export function createMachine(
  lab: Lab,
  site: Site,
  spec: Pick<MachineSpec, 'firmware' | 'disk' | 'memoryMb' | 'cpus'>,
): Machine {
  const { processes, network, accelerator } = lab;
  return new Machine({ name: SYSTEM, mac: MAC, ...spec }, { processes, network, accelerator, dir: site.dir });
}

/** A folder in memory if it has room for `bytes` and as much again; otherwise the fallback. */
export async function chooseDiskParent(bytes: number, fallback: string): Promise<string> {
  try {
    const { bavail, bsize } = await statfs('/dev/shm');
    return bavail * bsize > 2 * bytes ? '/dev/shm' : fallback;
  } catch {
    return fallback;
  }
}
