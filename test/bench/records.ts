import { DomainError } from '../../src/domain/errors.ts';
import { systemService } from '../../src/services/systems.ts';
import { makeActor } from '../support/actors.ts';
import { must } from '../support/must.ts';
import { type Case, type Contender, type Goal, millisecondsOf } from './harness.ts';
import { openWorld, SERVER_IP, systemBody, systemIp, systemMac, systemName, type World } from './world.ts';

const ACTOR = makeActor('bench');
/** What Cobbler 3.3.7 needed, in milliseconds, on two cores: bounds of common sense, not measured beside ours. */
const COBBLER_MS = { add: [23.8, 22.8, 29.2], list: 2150, byName: 18, byIp: 0.7, byMac: 0.6 } as const;
const PAIRS = 50;

const serviceOf = (world: World) => systemService(world.deps, () => [SERVER_IP]);
const atMost = (value: number): Goal => ({ ours: 'at most', value });

/** Records: what an administrator waits for. Every write is durable when it returns. */
export function cases(): Case[] {
  return [
    addCase(0, COBBLER_MS.add[0]),
    addCase(1000, COBBLER_MS.add[1]),
    addCase(5000, COBBLER_MS.add[2]),
    readCase('list of 5,000 systems', COBBLER_MS.list, 5, async (world) => {
      const systems = await serviceOf(world).list({}, ACTOR);
      if (systems.length !== 5000) throw new Error(`${systems.length} systems in the list`);
    }),
    readCase('find one of 5,000 by name', COBBLER_MS.byName, 101, async (world, index) => {
      await serviceOf(world).get(systemName(index));
    }),
    readCase('find one of 5,000 by address', COBBLER_MS.byIp, 101, async ({ deps }, index) => {
      const holder = await deps.store.read.addresses.findHolder(systemIp(index), deps.now());
      must(await deps.store.read.systems.findById(must(holder?.systemId ?? undefined, 'holder')), 'system');
    }),
    readCase('find one of 5,000 by MAC', COBBLER_MS.byMac, 101, async ({ deps }, index) => {
      must(await deps.store.read.systems.findByMac(systemMac(index)), 'system');
    }),
    racingAdds(),
  ];
}

function addCase(systems: number, goalMs: number): Case {
  return {
    name: `add a system at ${systems.toLocaleString('en-US')} systems`,
    unit: 'ms',
    better: 'less',
    goal: atMost(goalMs),
    warmups: 5,
    samples: 31,
    peers: [],
    async start() {
      const world = await openWorld(systems);
      const service = serviceOf(world);
      return {
        async sample() {
          const ms = await millisecondsOf(() => service.add(systemBody(systems), ACTOR));
          await service.remove(systemName(systems), ACTOR);
          return ms;
        },
        stop: world.close,
      };
    },
  };
}

/** Reads among 5,000 systems; each sample asks for another one. */
function readCase(
  name: string,
  goalMs: number,
  samples: number,
  read: (world: World, index: number) => Promise<void>,
): Case {
  const start = async (): Promise<Contender> => {
    const world = await openWorld(5000);
    let asked = 0;
    return {
      sample() {
        asked += 1;
        const index = (asked * 37) % 5000;
        return millisecondsOf(() => read(world, index));
      },
      stop: world.close,
    };
  };
  return { name, unit: 'ms', better: 'less', goal: atMost(goalMs), warmups: 3, samples, peers: [], start };
}

/** Two administrators add different systems with one address at the same moment: exactly one may win. */
function racingAdds(): Case {
  return {
    name: `two adds of one address at once, ${PAIRS} times`,
    unit: 'wrong outcomes',
    better: 'less',
    goal: atMost(0),
    warmups: 0,
    samples: 1,
    peers: [],
    async start() {
      const world = await openWorld(0);
      const service = serviceOf(world);
      return {
        async sample() {
          let wrong = 0;
          for (let pair = 0; pair < PAIRS; pair++) {
            const first = systemBody(2 * pair);
            const second = { ...systemBody(2 * pair + 1), interfaces: [] as object[] };
            second.interfaces = first.interfaces.map((item) => ({ ...item, mac: systemMac(2 * pair + 1) }));
            const outcomes = await Promise.allSettled([
              service.add(first, ACTOR),
              service.add(second, ACTOR),
            ]);
            const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
            const [only] = refused;
            if (refused.length !== 1 || !isTaken(only?.reason)) wrong += 1;
          }
          return wrong;
        },
        stop: world.close,
      };
    },
  };
}

function isTaken(error: unknown): boolean {
  return error instanceof DomainError && error.code === 'address-taken';
}
