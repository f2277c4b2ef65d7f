import type { Job, JobReceipt } from '../../src/domain/power/job.ts';
import type { FakeBmc } from './fake-bmcs.ts';
import { addRecord, addRecords, openServiceWorld, type ServiceWorld } from './service-world.ts';
import { macOf } from './store-records.ts';

/** A password that no test may ever see again. */
export const BMC_PASSWORD = 'NeverSeen-7Kq';

/** How the BMC of machine `number` is reached. */
export function bmcBody(number: number, more: object = {}): object {
  return { address: `10.50.0.${number}`, user: 'admin', password: BMC_PASSWORD, firmware: 'uefi', ...more };
}

/** A service with `count` systems web001 … that have power control. */
export async function openPowerWorld(count: number): Promise<ServiceWorld> {
  const world = await openServiceWorld();
  await addRecords(world);
  await world.call('PATCH', '/api/v1/systems/web001', { bmc: bmcBody(1) });
  for (let number = 2; number <= count; number++) {
    const name = `web${String(number).padStart(3, '0')}`;
    const interfaces = [{ mac: macOf(number) }];
    await addRecord(world, 'systems', { name, profile: 'debian-13', interfaces, bmc: bmcBody(number) });
  }
  return world;
}

export function bmcOf(world: ServiceWorld, number: number): FakeBmc {
  return world.bmcs.at(`10.50.0.${number}`);
}

/** Asks for an action, and gives the answer's body. */
export async function order(world: ServiceWorld, body: object): Promise<JobReceipt> {
  const answer = await world.call('POST', '/api/v1/power', body);
  if (answer.status !== 202) throw new Error(JSON.stringify(answer.body));
  return answer.body as JobReceipt;
}

/** The newest job of a system as it is now. */
export async function jobOf(world: ServiceWorld, system = 'web001'): Promise<Job> {
  const { body } = await world.call('GET', `/api/v1/jobs?system=${system}&limit=1`);
  const [job] = (body as { items: Job[] }).items;
  if (job === undefined) throw new Error(`${system} has no job`);
  return job;
}
