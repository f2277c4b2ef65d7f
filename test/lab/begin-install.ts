import { type SimulatedBmc, startBmc } from './bmc/simulated-bmc.ts';
import { type Lab, type Site, SYSTEM } from './lab.ts';
import type { Machine } from './machine.ts';

/** Arms the machine, which has its BMC switch it on; by hand where it has none. */
export async function beginInstall(
  lab: Lab,
  site: Site,
  machine: Machine,
): Promise<SimulatedBmc | undefined> {
  if (!lab.scenario.bmc) {
    await site.command.run('system', 'install', SYSTEM);
    await machine.powerOn();
    return undefined;
  }
  const bmc = await startBmc(lab, machine);
  await expectPower(bmc, 'off');
  await site.command.run('system', 'install', SYSTEM);
  return bmc;
}

/** ipmitool says so, at once: nothing is waited for here. */
export async function expectPower({ ipmitool }: SimulatedBmc, wanted: 'on' | 'off'): Promise<void> {
  const state = await ipmitool.powerState();
  if (state !== wanted) throw new Error(`ipmitool says that the power is ${state}, expected ${wanted}`);
}
