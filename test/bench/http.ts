import type { Case, Contender, Goal, Measure } from './harness.ts';
import { type LoadFigures, type LoadOptions, load } from './http-load.ts';
import {
  armMeasured,
  type HttpServer,
  type OurHttpServer,
  startNginx,
  startOurHttp,
} from './http-servers.ts';

/** Machines that load at the same time. */
const MANY = 50;
const SECONDS = 4;
/** Boot scripts and answer files a second. */
const SMALL_ANSWERS: Goal = { ours: 'at least', value: 20_000 };

/** HTTP: what a rack that boots at once costs, by loopback, the server on one core and the generator on another. */
export function cases(): Case[] {
  return [
    fileCase('initrd of 60 MB, 50 machines', {
      connections: MANY,
      goal: { ratio: 'at least', value: 1 },
      cpuGoal: { ours: 'at most', value: 0.7 },
      prepare: async (ours) => `${await armMeasured(ours)}/initrd`,
    }),
    fileCase('initrd of 60 MB, one machine', {
      connections: 1,
      goal: null,
      cpuGoal: null,
      prepare: async (ours) => `${await armMeasured(ours)}/initrd`,
    }),
    fileCase('60 MB that are not in the memory of the service, 50 machines', {
      connections: MANY,
      goal: null,
      cpuGoal: null,
      config: { files: { cacheMegabytes: 0 } },
      prepare: async (ours) => ours.paths.large,
    }),
    smallFileCase('file of 4 KB in a tree, 50 connections', MANY),
    smallFileCase('file of 4 KB in a tree, one connection', 1),
    answerCase('boot script of a machine that boots its disk, 50 connections', async (ours) => ours.script),
    answerCase('answer file that was handed out before, 50 connections', async (ours) => {
      return `${await armMeasured(ours)}/answer`;
    }),
  ];
}

interface FileCase {
  readonly connections: number;
  readonly goal: Goal | null;
  readonly cpuGoal: Goal | null;
  readonly config?: object;
  readonly prepare: (ours: OurHttpServer) => Promise<string>;
}

function fileCase(name: string, { connections, goal, cpuGoal, config, prepare }: FileCase): Case {
  const figures = ({ megabytesPerSecond, cpuSecondsPerGigabyte }: LoadFigures) => [
    megabytesPerSecond,
    cpuSecondsPerGigabyte,
  ];
  const options = { connections, seconds: SECONDS };
  return {
    name,
    unit: 'MB/s',
    better: 'more',
    goal,
    also: [{ name: `${name}: CPU of the server`, unit: 's/GB', better: 'less', goal: cpuGoal }],
    warmups: 1,
    samples: 3,
    start: async () => {
      const ours = await startOurHttp(config);
      return contender(ours, { ...options, path: await prepare(ours) }, figures);
    },
    peers: [
      {
        name: 'nginx',
        start: async () => {
          const nginx = await startNginx();
          return contender(nginx, { ...options, path: nginx.paths.large }, figures);
        },
      },
    ],
  };
}

const perRequest = ({ requestsPerSecond, cpuMicrosecondsPerRequest }: LoadFigures) => [
  requestsPerSecond,
  cpuMicrosecondsPerRequest,
];

const cpuMeasure = (name: string): Measure => ({
  name: `${name}: CPU of the server`,
  unit: 'us/request',
  better: 'less',
  goal: null,
});

function smallFileCase(name: string, connections: number): Case {
  const run = async (server: HttpServer) =>
    contender(server, { connections, seconds: SECONDS, path: server.paths.small }, perRequest);
  return {
    name,
    unit: 'requests/s',
    better: 'more',
    goal: null,
    also: [cpuMeasure(name)],
    warmups: 1,
    samples: 3,
    start: async () => run(await startOurHttp()),
    peers: [{ name: 'nginx', start: async () => run(await startNginx()) }],
  };
}

function answerCase(name: string, prepare: (ours: OurHttpServer) => Promise<string>): Case {
  return {
    name,
    unit: 'requests/s',
    better: 'more',
    goal: SMALL_ANSWERS,
    also: [cpuMeasure(name)],
    warmups: 1,
    samples: 3,
    start: async () => {
      const ours = await startOurHttp();
      return contender(ours, { connections: MANY, seconds: SECONDS, path: await prepare(ours) }, perRequest);
    },
    peers: [],
  };
}

function contender(
  { network, server, stop }: HttpServer,
  options: LoadOptions,
  figuresOf: (figures: LoadFigures) => readonly number[],
): Contender {
  return { sample: async () => figuresOf(await load(network, server, options)), stop };
}
