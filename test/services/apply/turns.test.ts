import { expect, it } from 'vitest';
import { ADA } from '../../support/actors.ts';
import { ip } from '../../support/dhcp-packets.ts';
import { openRecordWorld } from '../../support/record-world.ts';
import { macOf } from '../../support/store-records.ts';

const SYSTEMS = 200;
const document = {
  distros: [{ name: 'd', family: 'debian', version: '13', kernel: '/k', initrd: '/i' }],
  profiles: [{ name: 'p', distro: 'd', answerFile: 'a.preseed', answerKind: 'preseed' }],
  subnets: [{ name: 'lan', network: '10.0.0.0/16' }],
  systems: Array.from({ length: SYSTEMS }, (_, n) => ({
    name: `web${n}`,
    profile: 'p',
    interfaces: [{ mac: macOf(n + 1), ip: `10.0.1.${n + 1}` }],
  })),
};

/** What is done in each turn that the work leaves to others; returns what the work does. */
async function inEachTurn<T>(look: () => void, work: Promise<T>): Promise<T> {
  let handle = setImmediate(function again() {
    look();
    handle = setImmediate(again);
  });
  return work.finally(() => clearImmediate(handle));
}

it('packets have their turn in the middle of a large apply, and are answered by what is committed', async () => {
  const world = await openRecordWorld();
  const { apply } = world.records;
  const seen: unknown[] = [];
  const look = () => seen.push(world.store.dhcp.findMachine(macOf(1))?.system);
  await inEachTurn(look, apply.apply({ records: document }, ADA, false));
  expect(seen.length).toBeGreaterThan((2 * SYSTEMS) / 16);
  expect(new Set(seen.slice(0, SYSTEMS / 16))).toEqual(new Set([undefined]));
  expect(world.store.dhcp.findMachine(macOf(SYSTEMS))?.ip).toBe(ip(`10.0.1.${SYSTEMS}`));
  await world.dispose();
});

it('an address that is asked for meanwhile is refused or given, never given twice', async () => {
  const world = await openRecordWorld();
  const { apply, systems } = world.records;
  const rival = { name: 'rival', profile: 'p', interfaces: [{ mac: macOf(250), ip: '10.0.1.100' }] };
  await apply.apply({ records: { ...document, systems: [] } }, ADA, false);
  let asked: Promise<PromiseSettledResult<unknown>[]> | undefined;
  const look = () => {
    asked ??= Promise.allSettled([systems.add(rival, ADA)]);
  };
  const applied = apply.apply({ records: { systems: document.systems } }, ADA, false);
  const [first] = await Promise.allSettled([inEachTurn(look, applied)]);
  const [second] = (await asked) ?? [];
  expect([first.status, second?.status].toSorted()).toEqual(['fulfilled', 'rejected']);
  const { total } = await systems.page({ ip: '10.0.1.100' }, ADA);
  expect(total).toBe(1);
  await world.dispose();
});
