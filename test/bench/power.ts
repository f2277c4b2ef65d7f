import type { Case, Contender, Goal, Measure } from './harness.ts';
import { BMCS, type StatusAsker, type StatusRound, startIpmipower, startOurPower } from './power-world.ts';

/** Sessions that the service has open at a time, with all BMCs together, unless it is configured otherwise. */
const MAX_SESSIONS = 512;
const WARM_ROUNDS = 10;
const ROUNDS = 20;
/** Resident memory goes up and down by more than that between two collections of garbage; its peaks do not. */
const MEBIBYTES_GROWN_MAX = 16;
/** What FreeIPMI's configuration suggests, and its other tools do by themselves. */
const FANOUT = 64;

/** IPMI: the state of a thousand machines, asked of simulated BMCs in a process of their own. */
export function cases(): Case[] {
  return [
    statusCase('status of 1,000 BMCs that answer at once', 0, { ratio: 'at least', value: 1 }),
    // 0.3 of the time of a peer that asks 64 at a time.
    statusCase('status of 1,000 BMCs, 50 ms an answer', 50, { ratio: 'at least', value: 1 / 0.3 }, FANOUT),
    statusCase('status of 1,000 BMCs, 50 ms an answer, ipmipower without a limit', 50, null),
    deadCase(),
    memoryCase(),
  ];
}

function statusCase(name: string, answerDelayMs: number, goal: Goal | null, fanout?: number): Case {
  const kind = { options: { answerDelayMs } };
  const also = (what: string, unit: string, value?: number): Measure => ({
    name: `${name}: ${what}`,
    unit,
    better: 'less',
    goal: value === undefined ? null : { ours: 'at most', value },
  });
  const figures = ({ seconds, cpuSeconds, farm }: StatusRound) => [
    seconds,
    cpuSeconds,
    farm.packets / BMCS,
    farm.mostOfAll,
    farm.mostOfOne,
  ];
  return {
    name,
    unit: 's',
    better: 'less',
    goal,
    also: [
      also('CPU of who asks', 's'),
      also('datagrams to a BMC', 'datagrams'),
      also('sessions at a time', 'sessions', MAX_SESSIONS),
      also('sessions of one BMC at a time', 'sessions', 1),
    ],
    warmups: 1,
    samples: 5,
    start: async () => contender(await startOurPower(kind), figures),
    peers: [
      {
        name: fanout === undefined ? 'ipmipower' : `ipmipower -F ${fanout}`,
        start: async () => contender(await startIpmipower(kind, fanout), figures),
      },
    ],
  };
}

/** Those that are alive have to be as quick as they are without the others. */
function deadCase(): Case {
  const figures = ({ farm }: StatusRound) => farm.busyMs / 1000;
  const alive = { options: { answerDelayMs: 50 } };
  return {
    name: 'one dead BMC in ten, 50 ms an answer: until the last that is alive has answered',
    unit: 's',
    better: 'less',
    goal: { ratio: 'at least', value: 0.9 },
    warmups: 1,
    samples: 3,
    start: async () => contender(await startOurPower({ ...alive, deadEvery: 10 }), figures),
    peers: [{ name: 'all alive', start: async () => contender(await startOurPower(alive), figures) }],
  };
}

function memoryCase(): Case {
  return {
    name: `peak memory of the service, status of 1,000 BMCs ${ROUNDS} times and ${ROUNDS} times more`,
    unit: 'MiB',
    better: 'less',
    goal: { ours: 'at most', value: MEBIBYTES_GROWN_MAX },
    warmups: 0,
    samples: 1,
    peers: [],
    async start() {
      const asker = await startOurPower({});
      const peakOf = async (rounds: number) => {
        let peak = 0;
        for (let round = 0; round < rounds; round += 1) {
          await asker.round();
          peak = Math.max(peak, asker.server.residentMiB());
        }
        return peak;
      };
      return {
        sample: async () => {
          await peakOf(WARM_ROUNDS);
          const before = await peakOf(ROUNDS);
          return (await peakOf(ROUNDS)) - before;
        },
        stop: asker.stop,
      };
    },
  };
}

function contender(
  asker: StatusAsker,
  figuresOf: (round: StatusRound) => number | readonly number[],
): Contender {
  return { sample: async () => figuresOf(await asker.round()), stop: asker.stop };
}
