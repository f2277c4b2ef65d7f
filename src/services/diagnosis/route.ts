import type { BootEvent } from '../../domain/boot/boot-event.ts';
import type { DiagnosedStage, RouteStageName } from '../../domain/install/diagnosis.ts';
import { NO_HANDOFF } from '../../domain/install/install.ts';
import { type Evidence, isInstallFile } from './evidence.ts';

/** One stage of the way. */
interface RouteStage {
  readonly name: RouteStageName;
  /** What has happened when it is reached. */
  readonly says: string;
  /** How long machines take to it at most, in seconds. */
  readonly usualSeconds: number;
  /** The events that say that it is reached, the first of them first. */
  readonly reached: (evidence: Evidence) => readonly BootEvent[];
  /** Is it on the way of this machine? Default: yes. */
  readonly isOnRoute?: (evidence: Evidence) => boolean;
  /** Machines get further without it, so that nobody waits for it. */
  readonly mayGoUnseen?: true;
}

const ok = (events: readonly BootEvent[]): BootEvent[] => events.filter(({ outcome }) => outcome === 'ok');
const isHandedOff = ({ install }: Evidence): boolean => install.handoff !== NO_HANDOFF;

/** Kernel or initrd, whole, by HTTP or by TFTP. */
const fileServed =
  (file: 'kernel' | 'initrd') =>
  ({ of, loads }: Evidence): BootEvent[] => [
    ...ok(of(file)),
    ...loads
      .filter((load) => load.result === 'complete' && isInstallFile(load, file))
      .map(({ event }) => event),
  ];

const loadersServed = ({ loads }: Evidence): BootEvent[] =>
  loads.filter((load) => load.result === 'complete' && !isInstallFile(load)).map(({ event }) => event);

/** Changes of the state are on the disk at once; other events a second later, which a service that is killed does not have. */
const stateEntered = ({ of }: Evidence, state: string): BootEvent[] =>
  of('state').filter(({ data }) => data['to'] === state);

/** The one table of stages, in the order of ROUTE_STAGES. */
export const ROUTE: readonly RouteStage[] = [
  {
    name: 'power-on',
    says: 'switched on by its BMC',
    usualSeconds: 300,
    isOnRoute: ({ install }) => install.powerUp !== null,
    // A quick machine is heard before its BMC says that it is on.
    reached: ({ of, install }) => {
      const steps = install.powerUp?.outcome === 'netbooted' ? ['watch', 'clear', 'done'] : ['watch'];
      return ok(of('power')).filter(({ data }) => steps.includes(String(data['step'])));
    },
  },
  {
    name: 'discover',
    says: 'the firmware asked for an address (DISCOVER)',
    usualSeconds: 600,
    reached: ({ discovers }) => [...discovers.rom, ...discovers.ipxe],
  },
  { name: 'offer', says: 'it was offered one', usualSeconds: 10, reached: ({ of }) => of('dhcp-offer') },
  {
    name: 'ack',
    says: 'it took the offer',
    usualSeconds: 60,
    // Where another server gives the addresses, that is between the machine and that server.
    isOnRoute: ({ subnets }) => subnets.length === 0 || subnets.some(({ dhcp }) => dhcp !== 'proxy'),
    reached: ({ of }) => of('dhcp-ack'),
  },
  { name: 'loader', says: 'it fetched its loader', usualSeconds: 120, reached: loadersServed },
  {
    name: 'loader-runs',
    says: 'the loader runs: it asked for something itself',
    usualSeconds: 120,
    reached: (evidence) => {
      const { discovers, offer } = evidence;
      const first = String(offer?.data['bootfile'] ?? '').replace(/^.*\/loaders\//, '');
      const further = loadersServed(evidence).filter(({ data }) => data['name'] !== first);
      return first === '' ? discovers.ipxe : [...discovers.ipxe, ...further];
    },
  },
  {
    name: 'boot-script',
    says: 'it fetched its boot script',
    usualSeconds: 120,
    reached: ({ of }) => ok(of('boot-script')),
  },
  { name: 'kernel', says: 'it fetched the kernel', usualSeconds: 120, reached: fileServed('kernel') },
  { name: 'initrd', says: 'it fetched the initrd', usualSeconds: 600, reached: fileServed('initrd') },
  {
    name: 'answer-file',
    says: 'the installer fetched its answer file',
    usualSeconds: 600,
    reached: ({ of }) => ok(of('answer-file')),
  },
  {
    name: 'image',
    says: 'the image was fetched',
    usualSeconds: 1800,
    isOnRoute: ({ isImage }) => isImage,
    reached: ({ of }) => ok(of('image')),
  },
  {
    name: 'installer',
    says: 'the installer reported progress',
    usualSeconds: 900,
    reached: ({ of }) => of('installing', 'partitioning', 'progress'),
  },
  {
    name: 'installed',
    says: 'the installer reported its end',
    usualSeconds: 3600,
    reached: (evidence) => [...stateEntered(evidence, 'installed'), ...ok(evidence.of('installed'))],
  },
  {
    name: 'restart',
    mayGoUnseen: true,
    says: 'it was sent to its disk',
    usualSeconds: 600,
    reached: ({ of, after }) => {
      const [installed] = of('installed');
      return installed === undefined ? [] : after(installed).filter(({ stage }) => stage === 'local-boot');
    },
  },
  {
    name: 'first-boot',
    says: 'the new system reported its first boot',
    usualSeconds: 900,
    reached: (evidence) => [
      ...stateEntered(evidence, 'configuring'),
      ...evidence.of('first-boot'),
      ...stateEntered(evidence, 'ready'),
    ],
  },
  {
    name: 'ssh',
    says: 'its SSH answered with the key that it reported',
    usualSeconds: 300,
    isOnRoute: isHandedOff,
    reached: ({ of }) => ok(of('ssh')),
  },
  {
    name: 'hand-off',
    says: 'the hand-off succeeded',
    usualSeconds: 3600,
    isOnRoute: isHandedOff,
    reached: (evidence) => stateEntered(evidence, 'ready'),
  },
  {
    name: 'ready',
    says: 'it is in service',
    usualSeconds: 60,
    reached: (evidence) => stateEntered(evidence, 'ready'),
  },
];

/** Every stage on the machine's way, each with the first time that it was reached. */
export function walkRoute(evidence: Evidence): DiagnosedStage[] {
  const onRoute = ROUTE.filter(({ isOnRoute = () => true }) => isOnRoute(evidence));
  const found = onRoute.map((stage) => ({ stage, events: stage.reached(evidence) }));
  const furthest = found.findLastIndex(({ events }) => events.length > 0);
  const missing = found.findIndex(({ stage }, at) => at > furthest && stage.mayGoUnseen !== true);
  let before: number | undefined;
  return found.map(({ stage: { name, says }, events }, at) => {
    const [first] = events;
    if (first === undefined) {
      const state = at < furthest ? 'passed' : at === missing ? 'missing' : 'ahead';
      return { name, says, state, reachedAt: null, tookSeconds: null, events: [] };
    }
    const reachedMs = Date.parse(first.at);
    const tookSeconds = before === undefined ? null : Math.max(0, (reachedMs - before) / 1000);
    before = Math.max(before ?? 0, reachedMs);
    const ids = events.slice(0, MOST_IDS).map(({ id }) => id);
    return { name, says, state: 'reached', reachedAt: first.at, tookSeconds, events: ids };
  });
}

/** A machine that repeats itself has said the same before. */
const MOST_IDS = 20;
