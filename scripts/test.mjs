// @ts-check
// npm test: installs what is missing, runs every step of steps.mjs, ends with one line `N passed, N failed`.
// PROVISION_TEST_SKIP=lab-image,lab-quick leaves steps out.
import { ensureDependencies } from './dependencies.mjs';
import { PlainFailure, say } from './say.mjs';
import { STEPS } from './steps.mjs';
import { addSbinToPath, ensureSystemPackages, missingPackagesReport } from './system-packages.mjs';
import { add, closingLine, NONE, statusOf } from './tally.mjs';

/** Steps that the environment leaves out; a name that is none is an error, or a typing slip would skip nothing. */
function stepsToSkip() {
  const names = (process.env['PROVISION_TEST_SKIP'] ?? '').split(',').filter((name) => name !== '');
  const unknown = names.filter((name) => !STEPS.some((step) => step.name === name));
  if (unknown.length > 0)
    throw new PlainFailure(
      `PROVISION_TEST_SKIP names no step: ${unknown.join(', ')} (there are: ${STEPS.map((step) => step.name).join(', ')})`,
    );
  return names;
}

/** @param {unknown} error */
function sayFailure(error) {
  if (error instanceof PlainFailure) say(error.message);
  else say(String(error instanceof Error ? error.stack : error));
}

/** @param {import('./steps.mjs').Step} step */
async function runStep(step) {
  try {
    return await step.run();
  } catch (error) {
    sayFailure(error);
    return { passed: 0, failed: 1, skipped: 0, failures: [] };
  }
}

/** Runs the steps in order; all of them, whatever fails, so that one run shows everything. */
async function runSteps() {
  let tally = NONE;
  const leftOut = [];
  const failures = [];
  const skipped = stepsToSkip();
  for (const step of STEPS) {
    if (interrupted) throw new PlainFailure('interrupted');
    const reason = skipped.includes(step.name) ? 'PROVISION_TEST_SKIP names it' : step.without?.();
    console.log(`\n=== ${step.title} (${step.name}) ===`);
    if (reason !== undefined) {
      console.log(`skipped: ${reason}`);
      leftOut.push(`${step.name}: ${reason}`);
      tally = add(tally, { ...NONE, skipped: 1 });
      continue;
    }
    const startedAt = Date.now();
    const result = await runStep(step);
    tally = add(tally, result);
    if (result.failed > 0) failures.push(`Failed: ${step.name}`, ...(result.failures ?? []));
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    console.log(
      `--- ${step.name}: ${result.failed === 0 ? 'passed' : 'FAILED'} in ${seconds} s (${closingLine(result)})`,
    );
  }
  return { tally, leftOut, failures };
}

/** @returns {Promise<import('./tally.mjs').Tally>} */
async function testEverything() {
  try {
    await ensureSystemPackages();
    await ensureDependencies();
    const { tally, leftOut, failures } = await runSteps();
    const report = [...missingPackagesReport(), ...leftOut.map((line) => `Left out: ${line}`), ...failures];
    if (report.length > 0) console.log(`\n${report.join('\n')}`);
    return tally;
  } catch (error) {
    sayFailure(error);
    return { ...NONE, failed: 1 };
  }
}

// The steps get the signal too and clean up; no further one is started.
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => (interrupted = true));
addSbinToPath();
const tally = await testEverything();
// Whatever happened, this is the last line.
console.log(`\n${closingLine(tally)}`);
process.exitCode = statusOf(tally);
