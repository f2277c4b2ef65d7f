// @ts-check
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runChild } from './child.mjs';
import { ROOT } from './root.mjs';
import { PlainFailure, say } from './say.mjs';

/**
 * @typedef {{ version?: string, optional?: boolean, link?: boolean }} LockEntry
 * @typedef {{ packages: Record<string, LockEntry> }} Lock
 */

/**
 * What the lock wants and node_modules does not hold, as `name version` lines. Optional packages may be absent
 * (other platforms' binaries), but not in another version.
 * @param {Lock} wanted package-lock.json
 * @param {Lock} installed node_modules/.package-lock.json
 */
export function missingPackages(wanted, installed) {
  return Object.entries(wanted.packages)
    .filter(([path]) => path !== '')
    .filter(([path, entry]) => {
      const found = installed.packages[path];
      return found === undefined ? !entry.optional : found.version !== entry.version;
    })
    .map(([path, entry]) => `${path.replace(/^.*node_modules\//, '')} ${entry.version ?? ''}`.trim());
}

/** Why `npm ci` has to run, or undefined when node_modules is what the lock says. */
function reasonToInstall() {
  // npm writes this file last: a half-finished installation does not have it.
  const installedPath = join(ROOT, 'node_modules/.package-lock.json');
  const wantedPath = join(ROOT, 'package-lock.json');
  if (!existsSync(installedPath)) return 'node_modules is absent or incomplete';
  if (statSync(installedPath).mtimeMs >= statSync(wantedPath).mtimeMs) return undefined;
  // A checkout touches the lock without changing it, so the contents have the last word.
  const missing = missingPackages(readJson(wantedPath), readJson(installedPath));
  return missing.length === 0 ? undefined : `package-lock.json wants ${missing.slice(0, 3).join(', ')}`;
}

/** @param {string} path */
function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/**
 * Where the headers of the running Node lie, if they came with it. Named to node-gyp, they make the one native
 * package compile without a download.
 */
function nodeHeadersDir() {
  const prefix = dirname(dirname(realpathSync(process.execPath)));
  return existsSync(join(prefix, 'include/node/node.h')) ? prefix : undefined;
}

/** Installs the packages of package-lock.json if they are not there; says so. Throws PlainFailure. */
export async function ensureDependencies() {
  const reason = reasonToInstall();
  if (reason === undefined) return;
  say(`installing packages with npm ci (${reason}); a native module may compile for a minute`);
  const headers = nodeHeadersDir();
  const env = headers && !process.env['npm_config_nodedir'] ? { npm_config_nodedir: headers } : {};
  const npmCli = process.env['npm_execpath'];
  const status = npmCli?.endsWith('.js')
    ? await runChild(process.execPath, [npmCli, 'ci'], { env, stdoutToStderr: true })
    : await runChild('npm', ['ci'], { env, stdoutToStderr: true });
  if (status !== 0)
    throw new PlainFailure(
      `npm ci failed (exit ${status}). If it could not compile better-sqlite3: apt-get install build-essential python3`,
    );
}
