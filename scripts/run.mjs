// @ts-check
// npm run build | check | lab | bench | fuzz | agent | loaders: installs what is missing, builds, runs the program.
import { join } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { runChild } from './child.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { ROOT } from './root.mjs';
import { PlainFailure, runMain } from './say.mjs';

/** @param {string} name @param {...string} args */
const tool = (name, ...args) => runChild(join(ROOT, 'node_modules/.bin', name), args);

/** @param {string} path @param {readonly string[]} args */
async function runBuilt(path, args) {
  await ensureBuilt();
  return runChild(process.execPath, [join(ROOT, 'dist', path), ...args]);
}

async function check() {
  const types = await tool('tsc', '--noEmit');
  const lint = await tool('biome', 'check', '--error-on-warnings', '.');
  const unused = await tool('knip');
  return Math.max(types, lint, unused);
}

async function build() {
  await ensureBuilt({ force: true });
  const folders = [join(ROOT, 'dist/man/man1'), join(ROOT, 'package.json')];
  return runChild(process.execPath, [join(ROOT, 'dist/src/cli/help/write-man-pages.js'), ...folders]);
}

/** @type {Record<string, (args: string[]) => Promise<number>>} */
const COMMANDS = {
  build,
  check,
  lab: (args) => runBuilt('test/lab/main.js', args),
  bench: (args) => runBuilt('test/bench/main.js', args),
  fuzz: (args) => runBuilt('test/fuzz/main.js', args),
  agent: (args) => runChild(process.execPath, [join(ROOT, 'scripts/build-agent.mjs'), ...args]),
  loaders: (args) => runChild(process.execPath, [join(ROOT, 'scripts/build-loaders.mjs'), ...args]),
};

await runMain(async () => {
  const [name = '', ...args] = process.argv.slice(2);
  const command = COMMANDS[name];
  if (command === undefined)
    throw new PlainFailure(`usage: node scripts/run.mjs ${Object.keys(COMMANDS).join('|')} [argument …]`);
  await ensureDependencies();
  return command(args);
});
