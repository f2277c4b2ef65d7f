import { execFile, execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** This file runs as test/support/build.ts in the tests, and built itself in the benches. */
const DIST = ROOT.endsWith('/dist/') ? ROOT : `${ROOT}dist/`;
/** tsc's exit code for "there are type errors, but the output is written". */
const WRITTEN_WITH_ERRORS = 2;

/**
 * Builds dist/ once before the tests: those with real sockets start the service's code as programs of their own,
 * inside network namespaces, where no test runner can go. Type errors are shown and left to `npm run check`.
 */
export default function buildOnce(): Promise<void> {
  const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
  execFileSync(process.execPath, ['scripts/page-assets.mjs'], { cwd: ROOT });
  execFileSync('node_modules/.bin/rolldown', ['-c'], { cwd: ROOT });
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: ROOT }, (error, stdout, stderr) => {
      if (error === null) return resolve();
      const output = `${stdout}${stderr}`;
      if (error.code !== WRITTEN_WITH_ERRORS) return reject(new Error(`dist/ was not built:\n${output}`));
      console.warn(`dist/ was built in spite of type errors:\n${output}`);
      resolve();
    });
  });
}

/** The built `provision` command. */
export const PROVISION_COMMAND = `${DIST}cli/provision.cjs`;

/** The built program of a TypeScript file, both from the project's folder: `test/support/x.ts`. */
export function builtProgram(path: string): string {
  return `${DIST}${path.replace(/\.ts$/, '.js')}`;
}
