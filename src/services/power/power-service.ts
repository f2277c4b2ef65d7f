import { type BmcAccess, createBmcAccess } from './bmc-access.ts';
import { type BmcOperations, createBmcOperations } from './bmc-operations.ts';
import { createBmcQueue } from './bmc-queue.ts';
import { type ConsoleService, createConsoles } from './consoles.ts';
import type { PowerDeps } from './power-deps.ts';
import { createPowerJobs, type PowerJobs } from './power-jobs.ts';
import { createPowerStates, type PowerStates } from './power-states.ts';

/** Everything that is asked of BMCs. All of it goes through one queue. */
export interface PowerService {
  readonly jobs: PowerJobs;
  readonly states: PowerStates;
  readonly bmcs: BmcOperations;
  readonly consoles: ConsoleService;
  /** For what is more than one question. */
  readonly access: BmcAccess;
  /** Lets go of what is under way; jobs go on at the next start. */
  stop(): Promise<void>;
}

export function powerService(power: PowerDeps): PowerService {
  const { clock, limits, drivers, deps, onError } = power;
  const access = createBmcAccess({
    drivers,
    clock,
    queue: createBmcQueue({ clock, ...limits }),
    secrets: deps.secrets,
    sessionMs: limits.sessionMs,
    onUnexpected: (error, system) => onError(error, `the BMC of ${system}`),
  });
  const states = createPowerStates(power, access);
  const jobs = createPowerJobs(power, access, states);
  const consoles = createConsoles(power, access, power.openConsoleLog);
  return {
    jobs,
    states,
    access,
    consoles,
    bmcs: createBmcOperations(power, access),
    async stop() {
      await consoles.stop();
      await jobs.stop();
      await states.flush();
    },
  };
}
