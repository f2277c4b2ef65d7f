import { parseArgs } from 'node:util';
import { CHAIN_NAMES, FAULT_NAMES, SCENARIO_NAMES, type ScenarioName } from './scenarios.ts';

export type Mode = 'quick' | 'image' | 'full';

export interface LabOptions {
  readonly mode: Mode;
  readonly scenarios: readonly ScenarioName[];
  /** How many machines run at once. */
  readonly jobs: number;
  readonly json: boolean;
  readonly keep: boolean;
  readonly help: boolean;
}

export const USAGE = `Usage: npm run lab -- [--quick | --image] [--scenario NAME[,NAME…]|faults|all] [--jobs N] [--json] [--keep]

Provisions a virtual machine from the network, in private network namespaces, through the provision command:
  (default)    Debian by its own installer, from a small mirror: the machine installs, reboots, answers SSH
  --image      a Debian disk image is written by the deploy agent; the machine reboots and answers SSH
  --quick      the deploy agent checks what it was served and reports; the machine is then sent to its disk

  --scenario   how the machine boots: ${CHAIN_NAMES.join(', ')}
               (default: all of these with --quick, otherwise bios; bios, uefi and ipmi only without --quick);
               or what goes wrong on purpose: ${FAULT_NAMES.join(', ')}, or faults for
               all of these, and all for everything (with --quick)
  --firmware   bios, uefi or both: the scenarios of that name
  --jobs       machines that run at the same time (default 1)
  --json       print a summary with the seconds of every stage at the end
  --keep       leave machines, servers, namespaces and files as they are, and say how to look at them

Needs root, a Debian host with ipxe, ovmf and qemu-system-x86, and about 1 GB of memory a machine.`;

/** The others differ only in how a machine comes to its installer. */
const OF_ALL_RUNS: readonly ScenarioName[] = ['bios', 'uefi', 'ipmi'];

const GROUPS: ReadonlyMap<string, readonly ScenarioName[]> = new Map([
  ['all', SCENARIO_NAMES],
  ['faults', FAULT_NAMES],
]);

/** A command line that makes no sense. */
export class UsageError extends Error {}

export function parseOptions(args: readonly string[]): LabOptions {
  const { values } = read(args);
  if (values.quick && values.image)
    throw new UsageError('--quick and --image are two different runs: choose one');
  const mode = values.quick ? 'quick' : values.image ? 'image' : 'full';
  const { json, keep, help } = values;
  return { mode, scenarios: chooseScenarios(mode, values), jobs: parseJobs(values.jobs), json, keep, help };
}

function read(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean', default: false },
        image: { type: 'boolean', default: false },
        firmware: { type: 'string' },
        scenario: { type: 'string' },
        jobs: { type: 'string', default: '1' },
        json: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function chooseScenarios(
  mode: Mode,
  { firmware, scenario }: { firmware?: string | undefined; scenario?: string | undefined },
): readonly ScenarioName[] {
  if (firmware !== undefined && scenario !== undefined)
    throw new UsageError('--firmware and --scenario both choose the scenarios: give one');
  if (firmware !== undefined) return parseFirmware(firmware);
  if (scenario === undefined) return mode === 'quick' ? CHAIN_NAMES : ['bios'];
  const chosen = GROUPS.get(scenario) ?? parseScenarios(scenario);
  const stray = chosen.find((name) => !OF_ALL_RUNS.includes(name));
  if (mode !== 'quick' && stray !== undefined)
    throw new UsageError(`--scenario ${stray} is for --quick; other runs have ${OF_ALL_RUNS.join(', ')}`);
  return chosen;
}

function parseFirmware(text: string): readonly ScenarioName[] {
  if (text === 'both') return ['bios', 'uefi'];
  if (text === 'bios' || text === 'uefi') return [text];
  throw new UsageError(`--firmware ${text}: expected bios, uefi or both`);
}

function parseScenarios(text: string): readonly ScenarioName[] {
  return text.split(',').map((word) => {
    const name = SCENARIO_NAMES.find((known) => known === word);
    if (name !== undefined) return name;
    throw new UsageError(`--scenario ${word}: expected ${SCENARIO_NAMES.join(', ')}, faults or all`);
  });
}

function parseJobs(text: string): number {
  if (/^[1-9]$/.test(text)) return Number(text);
  throw new UsageError(`--jobs ${text}: expected a number from 1 to 9`);
}
