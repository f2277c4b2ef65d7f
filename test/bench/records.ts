import { formatIpv4 } from '../../src/domain/network/ipv4.ts';
import { must } from '../support/must.ts';
import { type Case, type Contender, type Goal, type Measure, millisecondsOf } from './harness.ts';
import { type RecordsService, startRecordsService } from './records-service.ts';
import { systemBody, systemIp, systemMac, systemName } from './world.ts';

/** What Cobbler 3.3.7 did on two cores: bounds of common sense, not measured beside ours. */
const COBBLER = { addsPerSecond: 33, listMs: 2150, nameMs: 18, ipMs: 0.7, startMs: 2200 } as const;
const SIZES = [0, 5000, 100_000] as const;
const MANY = 100_000;
const ADDS = 40;
const RACES = 50;

const atMost = (value: number): Goal => ({ ours: 'at most', value });
const atLeast = (value: number): Goal => ({ ours: 'at least', value });

/** Records, through the API of a running service. Every write is durable when it is answered. */
export function cases(): Case[] {
  return [
    addsCase('add a system', systemBody),
    addsCase('add a system, address auto', (index) => {
      const { interfaces, ...body } = systemBody(index);
      return { ...body, interfaces: interfaces.map((item) => ({ ...item, ip: 'auto' })) };
    }),
    readCase('list of 5,000 systems', 5000, atMost(300), 7, async (service) => {
      const count = await listAll(service);
      if (count !== 5000) throw new Error(`${count} systems in the list`);
    }),
    readCase('find one of 100,000 by name', MANY, atMost(COBBLER.nameMs), 101, async (service, index) => {
      await service.call('GET', `/api/v1/systems/${systemName(index)}`, 200);
    }),
    readCase('find one of 100,000 by address', MANY, null, 101, (service, index) =>
      findOne(service, index, `ip=${formatIpv4(systemIp(index))}`),
    ),
    readCase('find one of 100,000 by MAC', MANY, null, 101, (service, index) =>
      findOne(service, index, `mac=${systemMac(index)}`),
    ),
    startCase(5000, atMost(COBBLER.startMs)),
    startCase(MANY, atMost(COBBLER.startMs)),
    racesCase(),
  ];
}

/** One client that adds one system after another; the three services are asked in turn. */
function addsCase(name: string, bodyOf: (index: number) => object): Case {
  const measure = (text: string, unit: string, goal: Goal | null): Measure => ({
    name: `${name}${text}`,
    unit,
    better: 'more',
    goal,
  });
  const at = (systems: number) => ` at ${systems.toLocaleString('en-US')} systems`;
  return {
    ...measure(at(SIZES[0]), 'adds/s', atLeast(COBBLER.addsPerSecond)),
    also: [
      measure(at(SIZES[1]), 'adds/s', atLeast(COBBLER.addsPerSecond)),
      measure(at(SIZES[2]), 'adds/s', atLeast(COBBLER.addsPerSecond)),
      measure(': the rate at 100,000 to that at 0', 'x', atLeast(0.8)),
    ],
    warmups: 10,
    samples: 21,
    peers: [],
    async start() {
      const services: RecordsService[] = [];
      for (const systems of SIZES) services.push(await startRecordsService(systems));
      // After its start a service reads its machines, beside what it answers: the rate is that of the days after.
      for (const service of services) await settledMiB(service);
      return {
        async sample() {
          const rates: number[] = [];
          for (const [index, systems] of SIZES.entries())
            rates.push(await addsPerSecond(must(services[index], 'a service'), systems, bodyOf));
          const [atNone = Number.NaN, , atMany = Number.NaN] = rates;
          return [...rates, atMany / atNone];
        },
        async stop() {
          for (const service of services) await service.stop();
        },
      };
    },
  };
}

/** What was added is taken away again, outside the figure. */
async function addsPerSecond(
  service: RecordsService,
  systems: number,
  bodyOf: (index: number) => object,
): Promise<number> {
  const numbers = Array.from({ length: ADDS }, (_, index) => systems + index);
  const ms = await millisecondsOf(async () => {
    for (const number of numbers) await service.call('POST', '/api/v1/systems', 201, bodyOf(number));
  });
  for (const number of numbers) await service.call('DELETE', `/api/v1/systems/${systemName(number)}`, 204);
  return (ADDS * 1000) / ms;
}

/** Each sample asks for another system. */
function readCase(
  name: string,
  systems: number,
  goal: Goal | null,
  samples: number,
  read: (service: RecordsService, index: number) => Promise<void>,
): Case {
  const start = async (): Promise<Contender> => {
    const service = await startRecordsService(systems);
    let asked = 0;
    return {
      sample() {
        asked += 1;
        const index = (asked * 37) % systems;
        return millisecondsOf(() => read(service, index));
      },
      stop: service.stop,
    };
  };
  return { name, unit: 'ms', better: 'less', goal, warmups: 3, samples, peers: [], start };
}

interface Page {
  readonly items: readonly { readonly name: string }[];
  readonly next?: string | null;
}

/** As a program reads all of them: a page after another where the answer has pages. */
async function listAll(service: RecordsService): Promise<number> {
  let page = (await service.call('GET', '/api/v1/systems', 200)) as Page;
  let count = page.items.length;
  while (page.next) {
    const path = `/api/v1/systems?cursor=${encodeURIComponent(page.next)}`;
    page = (await service.call('GET', path, 200)) as Page;
    count += page.items.length;
  }
  return count;
}

async function findOne(service: RecordsService, index: number, query: string): Promise<void> {
  const { items } = (await service.call('GET', `/api/v1/systems?${query}`, 200)) as Page;
  if (items.length !== 1 || items[0]?.name !== systemName(index))
    throw new Error(`${query} found ${items.map(({ name }) => name).join(', ')}`);
}

/** From the start of the process to "ready", and its memory once it has answered and knows all machines. */
function startCase(systems: number, goal: Goal): Case {
  const text = `with ${systems.toLocaleString('en-US')} systems`;
  return {
    name: `start ${text}`,
    unit: 'ms',
    better: 'less',
    goal,
    also: [{ name: `memory ${text}`, unit: 'MiB', better: 'less', goal: null }],
    warmups: 1,
    samples: 5,
    peers: [],
    async start() {
      return {
        async sample() {
          const service = await startRecordsService(systems);
          await service.call('GET', `/api/v1/systems/${systemName(systems - 1)}`, 200);
          const memory = await settledMiB(service);
          await service.stop();
          return [service.startMs, memory];
        },
        stop() {},
      };
    },
  };
}

/** Machines are read in slices after the start: the largest of what is seen until it grows no more. */
async function settledMiB(service: RecordsService): Promise<number> {
  let most = 0;
  for (let quiet = 0; quiet < 10; ) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const now = service.residentMiB();
    quiet = now > most + 1 ? 0 : quiet + 1;
    most = Math.max(most, now);
  }
  return most;
}

/** Two administrators add different systems with one address at the same moment: exactly one may win. */
function racesCase(): Case {
  return {
    name: `two adds of one address at once, ${RACES} times`,
    unit: 'wrong outcomes',
    better: 'less',
    goal: atMost(0),
    warmups: 0,
    samples: 3,
    peers: [],
    async start() {
      const service = await startRecordsService(0);
      const rivals = [service.connect(), service.connect()];
      return {
        async sample() {
          let wrong = 0;
          for (let race = 0; race < RACES; race++) {
            const names = [systemName(2 * race), systemName(2 * race + 1)];
            const outcomes = await Promise.allSettled(
              rivals.map(({ call }, side) => {
                const { interfaces } = systemBody(2 * race);
                const mac = systemMac(2 * race + side);
                const body = {
                  ...systemBody(2 * race + side),
                  interfaces: interfaces.map((item) => ({ ...item, mac })),
                };
                return call('POST', '/api/v1/systems', 201, body);
              }),
            );
            const refused = outcomes.flatMap((outcome) =>
              outcome.status === 'rejected' ? [String(outcome.reason)] : [],
            );
            if (refused.length !== 1 || !refused[0]?.includes('"address-taken"')) wrong += 1;
            for (const [side, name] of names.entries())
              if (outcomes[side]?.status === 'fulfilled')
                await service.call('DELETE', `/api/v1/systems/${name}`, 204);
          }
          return wrong;
        },
        async stop() {
          for (const rival of rivals) rival.close();
          await service.stop();
        },
      };
    },
  };
}
