import type { InstallPlan, PlanItem, PlannedPower } from '../../domain/install/install-batch.ts';
import { NETBOOT_WAYS } from '../../domain/power/power-up.ts';
import type { Arming } from '../installs/installs.ts';
import { type CheckedSystem, wipesOf } from './check-many.ts';
import type { QueueLimits } from './decide-queue.ts';

interface Before {
  readonly running: number;
  readonly queued: number;
  readonly limits: QueueLimits;
}

/** What would become of the machines that were checked. Pure. */
export function planInstalls(
  selection: string,
  checked: readonly CheckedSystem[],
  { running, queued, limits }: Before,
): InstallPlan {
  const { maxConcurrentInstalls, jitterMs } = limits;
  let place = queued;
  const items = checked.map((one): PlanItem => {
    const { system, profile, arming, refused } = one;
    if (arming === null)
      return { system, profile, refused, wipes: null, place: null, wave: null, power: null, handoff: null };
    const known = { system, profile, refused, wipes: arming.system.inService, handoff: arming.handoff };
    if (arming.powerUp === null) return { ...known, place: null, wave: 1, power: null };
    place += 1;
    // Who is under way or waits already takes its part of the waves.
    const wave = Math.floor((running + place - 1) / maxConcurrentInstalls) + 1;
    return { ...known, place, wave, power: powerOf(arming) };
  });
  return {
    selection,
    maxConcurrentInstalls,
    jitterSeconds: jitterMs / 1000,
    running,
    queued,
    waves: Math.max(0, ...items.map(({ wave }) => wave ?? 0)),
    wipes: wipesOf(checked),
    items,
  };
}

function powerOf({ system, powerUp }: Arming): PlannedPower | null {
  if (powerUp === null) return null;
  return {
    driver: system.bmc?.driver ?? '',
    switchesOff: powerUp.step === 'off',
    ways: powerUp.ways.map((name) => NETBOOT_WAYS[name].says),
  };
}
