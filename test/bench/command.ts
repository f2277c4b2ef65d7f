import { spawnSync } from 'node:child_process';
import { PROVISION_COMMAND } from '../support/build.ts';
import type { Case, Contender } from './harness.ts';
import { type RecordsService, startRecordsService } from './records-service.ts';
import { systemName } from './world.ts';

const SYSTEMS = 100;
/** What a person does not feel as waiting, on a machine that does nothing else. */
const MOST_MS = 150;

/** The command, from its start to its end, beside what Node itself needs for nothing at all. */
export function cases(): Case[] {
  return [
    commandCase('--version', []),
    commandCase('--help', []),
    commandCase('system show NAME', ['system', 'show', systemName(7)]),
    commandCase(`system list of ${SYSTEMS}`, ['system', 'list']),
    commandCase(`system list of ${SYSTEMS} by URL`, ['system', 'list'], 'url'),
    commandCase('system add --help', ['system', 'add', '--help']),
    commandCase('system edit NAME', ['system', 'edit', systemName(7), '--comment', 'rack 7']),
  ];
}

function commandCase(name: string, line: readonly string[], by: 'socket' | 'url' = 'socket'): Case {
  const words = line.length === 0 ? [name] : line;
  return {
    name: `provision ${name}`,
    unit: 'ms',
    better: 'less',
    goal: { ours: 'at most', value: MOST_MS },
    warmups: 2,
    samples: 20,
    async start() {
      const service = await startRecordsService(SYSTEMS);
      const env = { ...process.env, ...(by === 'url' ? await byUrl(service) : bySocket(service)) };
      return {
        sample: () => timeOf([PROVISION_COMMAND, ...words], env),
        stop: () => service.stop(),
      };
    },
    peers: [{ name: 'node -e 0', start: async (): Promise<Contender> => NODE }],
  };
}

function bySocket({ socketPath }: RecordsService): NodeJS.ProcessEnv {
  return { PROVISION_SERVER: `unix:${socketPath}` };
}

async function byUrl({ call, url }: RecordsService): Promise<NodeJS.ProcessEnv> {
  const made = (await call('POST', '/api/v1/tokens', 201, { name: 'bench', role: 'viewer' })) as {
    token: string;
  };
  return { PROVISION_SERVER: url, PROVISION_TOKEN: made.token };
}

const NODE: Contender = { sample: () => timeOf(['-e', '0'], process.env), stop() {} };

function timeOf(args: readonly string[], env: NodeJS.ProcessEnv): number {
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  const took = performance.now() - startedAt;
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return took;
}
