import { type Lab, type LabHost, openScenario } from './lab.ts';
import { type ScenarioName, scenarioOf } from './scenarios.ts';
import type { StageResult, Stages } from './stages.ts';
import type { Teardown } from './teardown.ts';
import { describeEvidence } from './watch.ts';

/** What became of one scenario. */
export interface ScenarioResult {
  readonly scenario: ScenarioName;
  readonly what: string;
  /** Why it failed, beginning with the stage that did; null when it passed. */
  readonly failure: string | null;
  readonly seconds: number;
  readonly stages: readonly StageResult[];
}

export interface ScenarioSetup {
  readonly stages: Stages;
  readonly teardown: Teardown;
  readonly prefix: string;
  readonly jobs: number;
  /** What a scenario has started goes on after it. */
  readonly keep: boolean;
}

/** Runs scenarios, so many at once. One that fails does not stop the others. Results in the order of the names. */
export async function runScenarios(
  host: LabHost,
  names: readonly ScenarioName[],
  run: (lab: Lab) => Promise<void>,
  setup: ScenarioSetup,
): Promise<readonly ScenarioResult[]> {
  const results: ScenarioResult[] = [];
  const waiting = [...names.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, name] = next;
      results[index] = await runOne(host, name, run, setup);
    }
  };
  await Promise.all(Array.from({ length: setup.jobs }, work));
  return results;
}

async function runOne(
  host: LabHost,
  name: ScenarioName,
  run: (lab: Lab) => Promise<void>,
  { stages: all, teardown, prefix, keep }: ScenarioSetup,
): Promise<ScenarioResult> {
  const scenario = scenarioOf(name);
  const stages = all.of(name);
  const begun = all.seconds;
  let lab: Lab | undefined;
  let failure: string | null = null;
  stages.say(scenario.what);
  try {
    lab = await openScenario(host, scenario, { stages, teardown, prefix: `${prefix}-${name}` });
    await run(lab);
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
    stages.say(`FAILED: ${failure}`);
    if (lab !== undefined) stages.say(`what was seen:\n${await describeEvidence(lab.workDir)}`);
  }
  // A machine that hangs would take the processor from the next one.
  if (!keep) await lab?.processes.stopAll();
  const seconds = Math.round(10 * (all.seconds - begun)) / 10;
  return { scenario: name, what: scenario.what, failure, seconds, stages: stages.results };
}
