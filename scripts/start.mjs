// @ts-check
// npm start: installs what is missing, builds when sources changed, runs provisiond with the arguments given.
import { join } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { runChild } from './child.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { ROOT } from './root.mjs';
import { runMain } from './say.mjs';

await runMain(async () => {
  await ensureDependencies();
  await ensureBuilt();
  return runChild(process.execPath, [join(ROOT, 'dist/server/main.js'), ...process.argv.slice(2)]);
});
