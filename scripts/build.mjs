// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from './child.mjs';
import { buildPageAssets } from './page-assets.mjs';
import { ROOT } from './root.mjs';
import { PlainFailure, say } from './say.mjs';

const SOURCE_FOLDERS = ['src', 'server', 'test/lab', 'test/bench', 'test/support'];
const BUILD_FILES = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json', 'rolldown.config.mjs'];
/** Built by the bundler alone. */
const COMMAND = 'src/cli/main.ts';
const STAMP = 'dist/.built';

/**
 * Files under a folder, relative to the project, sorted; empty for a folder that does not exist.
 * @param {string} folder
 * @param {string} extension
 * @returns {string[]}
 */
function filesUnder(folder, extension) {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(extension))
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
    .sort();
}

/** One value for the state of all sources: it also changes when a file goes away or an older one comes back. */
function fingerprint() {
  const hash = createHash('sha256').update(process.version);
  const sources = SOURCE_FOLDERS.flatMap((folder) => filesUnder(folder, '.ts'));
  for (const path of [...sources, ...BUILD_FILES]) {
    const { size, mtimeMs } = statSync(join(ROOT, path));
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** Removes what an earlier build left of sources that are gone, so that no stale module can be run. */
function removeOrphans() {
  for (const path of filesUnder('dist', '.js')) {
    if (path.startsWith('dist/pages/')) continue;
    const source = path.replace(/^dist\//, '').replace(/\.js$/, '.ts');
    if (source === COMMAND || !existsSync(join(ROOT, source))) rmSync(join(ROOT, path));
  }
}

/**
 * Throws PlainFailure.
 * @param {string} name
 * @param {readonly string[]} args
 * @param {import('./child.mjs').ChildOptions} options
 */
async function buildTool(name, args, options) {
  const status = await runChild(join(ROOT, 'node_modules/.bin', name), args, options);
  if (status !== 0) throw new PlainFailure(`the build failed (${name}, exit ${status})`);
}

/**
 * Compiles to dist/ when a source changed since the last build (always with `force`). Throws PlainFailure.
 * @param {{ force?: boolean }} [options]
 */
export async function ensureBuilt(options = {}) {
  buildPageAssets();
  const stamp = join(ROOT, STAMP);
  const wanted = fingerprint();
  if (!options.force && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('building (tsc -p tsconfig.build.json, rolldown -c)');
  await buildTool('tsc', ['-p', 'tsconfig.build.json'], { stdoutToStderr: true });
  // It lists two hundred files there.
  await buildTool('rolldown', ['-c'], { noStdout: true });
  removeOrphans();
  mkdirSync(join(ROOT, 'dist'), { recursive: true });
  writeFileSync(stamp, wanted);
}
