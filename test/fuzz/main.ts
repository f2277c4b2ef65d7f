// npm run fuzz -- dhcp | tftp | ipmi [--seconds N | --packets N] [--seed S]
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findProjectRoot } from '../lab/project-root.ts';
import { readDhcpFixtures } from '../support/hostile-packets.ts';
import { openDhcpTarget } from './dhcp-target.ts';
import { type Found, fuzz } from './fuzz.ts';
import { openIpmiTarget } from './ipmi-target.ts';
import type { OpenTarget } from './target.ts';
import { openTftpTarget } from './tftp-target.ts';

const TARGETS = new Map<string, () => OpenTarget>([
  [
    'dhcp',
    () => {
      const fixtures = readDhcpFixtures(join(findProjectRoot(), 'test/fixtures/dhcp'));
      return () => openDhcpTarget(fixtures);
    },
  ],
  ['tftp', () => openTftpTarget],
  ['ipmi', () => openIpmiTarget],
]);

const USAGE = `Usage: npm run fuzz -- ${[...TARGETS.keys()].join(' | ')} [--seconds N | --packets N] [--seed S]

Sends spoilt packets through the whole listener, from bytes in to bytes out, and judges every answer. Of ipmi, a packet
is a session with a BMC whose answers are spoilt.
Ends with 1 at the first failure, and prints the seed and the smallest packets that show it.
  --seconds N   how long to go on; default 60
  --packets N   how many packets to send instead
  --seed S      0-4294967295, to repeat a run; default: another one each time`;

interface Options {
  readonly open: OpenTarget;
  readonly name: string;
  readonly seed: number;
  readonly packets: number;
  readonly seconds: number;
}

/** What to run, or undefined where the command line makes no sense. */
function readCommandLine(): Options | undefined {
  try {
    const text = { type: 'string' } as const;
    const options = { seconds: text, packets: text, seed: text };
    const { values, positionals } = parseArgs({ allowPositionals: true, options });
    const [name = '', ...more] = positionals;
    const target = TARGETS.get(name);
    const seconds = Number(values.seconds ?? (values.packets === undefined ? 60 : Number.POSITIVE_INFINITY));
    const packets = Number(values.packets ?? Number.MAX_SAFE_INTEGER);
    const seed = Number(values.seed ?? Date.now() % 2 ** 32);
    const isSensible = seconds > 0 && packets > 0 && Number.isInteger(packets) && seed >= 0 && seed < 2 ** 32;
    if (target === undefined || more.length > 0 || !isSensible || !Number.isInteger(seed)) return undefined;
    return { open: target(), name, seed, packets, seconds };
  } catch {
    return undefined;
  }
}

function describeFailure({ failure, shots, alone }: Found): string {
  const packets = shots.map(({ bytes }) => `  ${bytes.toString('hex') || '(an empty packet)'}`);
  const heading = alone
    ? 'The smallest packets that show it in a fresh service:'
    : 'It does not show again in a fresh service; repeat the run with its seed. The packet under way:';
  return [`FAILED: ${failure.kind}`, failure.detail, ...(shots.length > 0 ? [heading, ...packets] : [])].join(
    '\n',
  );
}

async function main(): Promise<number> {
  const options = readCommandLine();
  if (options === undefined) {
    console.error(USAGE);
    return 2;
  }
  const { name, open, seed, packets, seconds } = options;
  // Told to end, it ends as if the time were over, with its report and nothing left behind; told twice, at once.
  let isToldToEnd = false;
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => {
      isToldToEnd = true;
    });
  console.log(`fuzzing ${name} with seed ${seed}`);
  const startedMs = performance.now();
  const elapsedSeconds = () => (performance.now() - startedMs) / 1000;
  const report = await fuzz(open, {
    seed,
    packets,
    isOver: () => isToldToEnd || elapsedSeconds() >= seconds,
    onFailure: ({ kind, detail }, count) =>
      console.error(`${kind} after ${count} packets, making it smaller: ${detail}`),
    onProgress: (count, summary) => console.error(`${count} packets: ${summary}`),
  });
  const took = elapsedSeconds();
  const grown = (report.grownBytes / 1024 / 1024).toFixed(1);
  console.log(`${report.packets} packets in ${took.toFixed(1)} s: ${report.summary}`);
  console.log(`memory held: ${grown} MB more than when it was warm`);
  if (report.found === undefined) return 0;
  console.log(`${describeFailure(report.found)}\nSeed: ${seed}`);
  return 1;
}

process.exitCode = await main();
