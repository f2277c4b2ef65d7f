import { mkdir, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Accelerator } from './accelerator.ts';
import type { AgentFiles } from './agent.ts';
import { BMC_ADDRESS, BMC_PASSWORD, BMC_USER } from './bmc/access.ts';
import { Machine, type MachineSpec } from './machine.ts';
import { createNetwork, type LabNetwork, NETWORK, namespaceNames, RANGE } from './network.ts';
import { Processes } from './processes.ts';
import { ProvisionCommand } from './provision-command.ts';
import { Provisiond } from './provisiond.ts';
import type { Scenario } from './scenarios.ts';
import type { Stages } from './stages.ts';
import type { Teardown } from './teardown.ts';

export const SYSTEM = 'web001';
export const MAC = '52:54:00:99:00:11';
export const ADDRESS = '10.99.0.11';

/** What every scenario has to work with; made once. */
export interface LabHost {
  readonly root: string;
  readonly cacheDir: string;
  /** Removed at the end. */
  readonly workDir: string;
  /** For disks: in memory where there is room. */
  readonly diskDir: string;
  readonly accelerator: Accelerator;
  readonly agent: AgentFiles;
}

/** The lab of one scenario: a network, folders and programs of its own, so that two can run at once. */
export interface Lab extends LabHost {
  readonly scenario: Scenario;
  readonly processes: Processes;
  readonly stages: Stages;
  readonly network: LabNetwork;
}

/** A server and the command that drives it, fresh for one run. */
export interface Site {
  readonly dir: string;
  readonly provisiond: Provisiond;
  readonly command: ProvisionCommand;
}

/** Makes the lab of one scenario. `prefix` begins the names of its namespaces. */
export async function openScenario(
  host: LabHost,
  scenario: Scenario,
  setup: { stages: Stages; teardown: Teardown; prefix: string },
): Promise<Lab> {
  const processes = new Processes();
  setup.teardown.stopAtEnd(processes);
  setup.teardown.removeNamespacesAtEnd(namespaceNames(setup.prefix));
  const workDir = join(host.workDir, scenario.name);
  await mkdir(workDir);
  const network = await createNetwork(processes, setup.prefix, scenario.wire);
  return { ...host, workDir, scenario, processes, stages: setup.stages, network };
}

/** `config`: sections of the configuration that this run wants otherwise than by default. */
export async function openSite(
  lab: Lab,
  fileRoots: readonly string[],
  config: Readonly<Record<string, object>> = {},
): Promise<Site> {
  const dir = join(lab.workDir, 'site');
  const loaderDir = dirname(lab.agent.kernel);
  const options = {
    root: lab.root,
    namespace: lab.network.serverNamespace,
    dir,
    fileRoots: [loaderDir, ...fileRoots],
    loaderDir,
    config,
  };
  const provisiond = new Provisiond(lab.processes, options);
  await provisiond.start();
  return { dir, provisiond, command: new ProvisionCommand(lab.processes, lab.root, provisiond.socket) };
}

/** The deploy agent as a distro, talking on the serial port. */
export async function addDistro(lab: Lab, site: Site): Promise<void> {
  const files = ['--kernel', lab.agent.kernel, '--initrd', lab.agent.initrd];
  const args = ['--family', 'image', '--version', '1', '--kernel-args', 'console=ttyS0 quiet'];
  await site.command.run('distro', 'add', 'agent', ...files, ...args);
}

/** The lab's network and its one machine, as a user would enter them; the profile has to be there already. */
export async function addSubnetAndSystem(lab: Lab, site: Site, profile: string): Promise<void> {
  const { scenario, network } = lab;
  const net = ['--network', NETWORK, '--gateway', network.gateway, '--dns', network.serverAddress];
  // Where another server gives the addresses there is nothing to give out.
  const dhcp =
    network.wire === 'beside' ? ['--dhcp', 'proxy'] : ['--range', RANGE, '--dhcp', 'authoritative'];
  await site.command.run('subnet', 'add', 'lab', ...net, ...dhcp);
  const loader = scenario.loader === null ? [] : ['--loader', scenario.loader];
  const machine = ['--mac', MAC, '--ip', ADDRESS, ...loader];
  const add = ['system', 'add', SYSTEM, '--profile', profile, ...machine];
  if (!scenario.bmc) return void (await site.command.run(...add));
  const bmc = [
    '--bmc',
    BMC_ADDRESS,
    '--bmc-user',
    BMC_USER,
    '--bmc-firmware',
    'bios',
    '--bmc-password-stdin',
  ];
  await site.command.runWithInput(`${BMC_PASSWORD}\n`, ...add, ...bmc);
}

export function createMachine(
  lab: Lab,
  site: Site,
  spec: Pick<MachineSpec, 'disk' | 'memoryMb' | 'cpus'> & Partial<Pick<MachineSpec, 'name' | 'mac'>>,
): Machine {
  const { processes, network, accelerator, scenario } = lab;
  const { firmware } = scenario;
  const deps = { processes, network, accelerator, dir: site.dir };
  return new Machine({ name: SYSTEM, mac: MAC, firmware, ...spec }, deps);
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
