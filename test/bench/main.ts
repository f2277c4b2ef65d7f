// npm run bench -- [NAME …] [--case TEXT] [--json]
import { parseArgs } from 'node:util';
import * as command from './command.ts';
import * as dhcp from './dhcp.ts';
import { type Case, type Result, runCase } from './harness.ts';
import * as http from './http.ts';
import * as power from './power.ts';
import * as records from './records.ts';
import { formatTable } from './report.ts';
import * as storm from './storm.ts';
import * as tftp from './tftp.ts';

const BENCHES = new Map<string, () => Case[]>([
  ['records', records.cases],
  ['dhcp', dhcp.cases],
  ['http', http.cases],
  ['storm', storm.cases],
  ['tftp', tftp.cases],
  ['power', power.cases],
  ['command', command.cases],
]);

const USAGE = `Usage: npm run bench -- [${[...BENCHES.keys()].join(' | ')}]… [--case TEXT] [--json]

Measures the cases of the benches named, or of all, and ends with 1 where a goal is missed.
  --case TEXT   only the cases whose name holds this text
  --json        one JSON object a line on stdout`;

/** What to run, or undefined where the command line makes no sense. */
function readCommandLine(): { names: string[]; text: string; json: boolean } | undefined {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false }, case: { type: 'string', default: '' } },
    });
    if (positionals.some((name) => !BENCHES.has(name))) return undefined;
    const names = positionals.length > 0 ? positionals : [...BENCHES.keys()];
    return { names, text: values.case, json: values.json };
  } catch {
    return undefined;
  }
}

async function main(): Promise<number> {
  const options = readCommandLine();
  if (options === undefined) {
    console.error(USAGE);
    return 2;
  }
  const results: Result[] = [];
  for (const name of options.names) {
    for (const item of BENCHES.get(name)?.() ?? []) {
      if (!item.name.includes(options.text)) continue;
      if (!options.json) console.error(`measuring ${name}: ${item.name}`);
      const lines = await runCase(name, item, (error, who) =>
        console.error(`${name}: ${item.name}: ${who}:`, error),
      );
      results.push(...lines);
      if (options.json) for (const line of lines) console.log(JSON.stringify(line));
    }
  }
  if (!options.json) process.stdout.write(formatTable(results));
  return results.every(({ met }) => met !== false) ? 0 : 1;
}

// Ended from outside, it still takes its namespaces and folders with it: that is done as the process exits.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
process.exitCode = await main();
