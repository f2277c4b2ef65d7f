import type { Stage } from '../boot/boot-event.ts';
import type { Install, InstallState } from './install.ts';

/** How long each stage may take to come after something was heard of the machine, in seconds. */
export type DeadlineSeconds = Readonly<Record<AwaitedStage, number>>;

/** What an install that sticks is told to have missed. */
interface Awaited {
  /** Unless the configuration says otherwise. */
  readonly seconds: number;
  /** What does not happen then. */
  readonly says: string;
  readonly cause: string;
  readonly hint: string;
}

/** Every stage that is waited for, in the order in which they come: the one table of what an install may stick at. */
export const AWAITED = {
  'dhcp-request': {
    seconds: 300,
    says: 'the machine did not take the address that it was offered',
    cause: 'the offer does not reach it (VLAN, relay, firewall), or another DHCP server was quicker',
    hint: 'look for other DHCP servers: provision doctor; and at the way back to the machine: relay, VLAN, port security',
  },
  loader: {
    seconds: 600,
    says: 'the firmware has an address and did not fetch a boot loader',
    cause:
      'TFTP (UDP 69) or HTTP does not get through, or the firmware refuses the loader (arch, Secure Boot)',
    hint: 'look at the console of the machine, at the firewall between it and the server, and at --loader on record',
  },
  'boot-script': {
    seconds: 600,
    says: 'the boot loader was fetched and did not ask for its script',
    cause:
      'the loader cannot drive that card, gets no address by itself (spanning tree), or HTTP does not get through',
    hint: 'look at the console of the machine; try another --loader, and portfast on its switch port',
  },
  kernel: {
    seconds: 600,
    says: 'the boot script was fetched and the kernel was not asked for',
    cause: 'HTTP does not get through, or the loader stopped at an error that stands on its console',
    hint: 'look at the console of the machine',
  },
  initrd: {
    seconds: 900,
    says: 'the kernel was asked for and the initrd was not',
    cause: 'the kernel is still under way over a slow line, or its transfer was broken off',
    hint: 'look at the console of the machine and at the events of stage kernel: provision system timeline NAME',
  },
  'answer-file': {
    seconds: 1200,
    says: 'the installer was loaded and did not ask for its answer file',
    cause:
      'its kernel does not start (memory, console), has no driver for that card, or gets no address; or the kernel args name no answer file',
    hint: 'look at the console of the machine, and at the kernel args: provision system show NAME',
  },
  installing: {
    seconds: 1800,
    says: 'the answer file was fetched and the installer has not reported that it began',
    cause:
      'it stands at a question or an error that the answer file does not cover, or has no hook that reports',
    hint: 'look at the console of the machine; an answer file of your own needs the hooks of the shipped ones',
  },
  partitioning: {
    seconds: 1800,
    says: 'the installer began and did not come to partitioning',
    cause: 'it cannot load its own parts (mirror, tree), or stands at a question about network or disks',
    hint: 'look at the console of the machine; try the mirror from its network',
  },
  installed: {
    seconds: 3600,
    says: 'the installer has not reported its end',
    cause:
      'it stands at a question or waits for a mirror, was interrupted, or its last report did not get through',
    hint: 'look at the console of the machine; if the new system runs, its first boot takes the install up again',
  },
  'first-boot': {
    seconds: 1800,
    says: 'the installer reported its end, and the new system did not report its first boot',
    cause:
      'it boots something else (boot order, boot loader), has no network, or its answer file installs no first-boot unit',
    hint: 'look at the console of the machine; its first boot takes the install up again, up to a day later',
  },
} as const satisfies Partial<Record<Stage, Awaited>>;
export type AwaitedStage = keyof typeof AWAITED;

/** What an install waits for: a stage with a time, or something that has none, and why. */
export type Expectation =
  | { readonly stage: AwaitedStage; readonly after: string; readonly without?: undefined }
  | { readonly stage: null; readonly without: string };

const without = (why: string): Expectation => ({ stage: null, without: why });

/** What comes next after the stage on record, in the states in which the record says how far the machine is. */
const NEXT: Readonly<Record<string, AwaitedStage>> = {
  'boot-script': 'kernel',
  kernel: 'initrd',
  initrd: 'answer-file',
  'answer-file': 'installing',
  installing: 'partitioning',
  partitioning: 'installed',
};

/** Of an install that is armed, by the last thing that its machine did to boot from the network. */
const NEXT_OF_NETBOOT: Readonly<Partial<Record<Stage, AwaitedStage>>> = {
  'dhcp-discover': 'dhcp-request',
  'dhcp-request': 'loader',
  tftp: 'boot-script',
  loader: 'boot-script',
};

/** The stages of a machine's way to its boot script. */
export const NETBOOT_STAGES = Object.keys(NEXT_OF_NETBOOT) as readonly Stage[];

const WITHOUT: Readonly<Partial<Record<InstallState, string>>> = {
  queued: 'it waits for its turn, which comes when others are done',
  configuring: 'the hand-off has times of its own',
};
const AWAITS_POWER = 'its BMC brings it to boot from the network, in times of its own';
const AWAITS_OWNER = 'somebody else switches the machine on; until then its expiry is what ends it';

/**
 * What must come next of an install. `netboot` is the last stage of the machine's way to its boot script, null where it was not
 * heard to boot from the network since it was armed.
 */
export function expectNext(
  { state, stage, powerUp }: Pick<Install, 'state' | 'stage' | 'powerUp'>,
  netboot: Stage | null,
): Expectation {
  const none = WITHOUT[state];
  if (none !== undefined) return without(none);
  if (state === 'armed') {
    const next = netboot === null ? undefined : NEXT_OF_NETBOOT[netboot];
    if (next !== undefined) return { stage: next, after: netboot ?? state };
    return without(powerUp === null ? AWAITS_OWNER : AWAITS_POWER);
  }
  if (state === 'installed') return { stage: 'first-boot', after: 'installed' };
  if (state === 'booting' || state === 'loading' || state === 'installing') {
    const next = NEXT[stage ?? ''] ?? (state === 'installing' ? 'installed' : 'kernel');
    return { stage: next, after: stage ?? state };
  }
  return without('it is over');
}

/** Stages by which a machine that is being installed shows that it goes on. */
export const SIGNS_OF_LIFE: readonly Stage[] = [
  'dhcp-discover',
  'dhcp-request',
  'tftp',
  'loader',
  'boot-script',
  'kernel',
  'initrd',
  'answer-file',
  'image',
  'installing',
  'partitioning',
  'progress',
];

/** What is known of when an install was last seen to go on. */
export interface LifeSigns {
  /** Its last sign of life; null: none since it was armed. */
  readonly heardAtMs: number | null;
  /** The last stage of its way to the boot script. */
  readonly netboot: Stage | null;
}

/**
 * When an install is overdue, and at which stage; undefined where it has no deadline. Signs of life push it, except after the
 * installer's end: a machine that starts again and again is no system that runs. Nothing is overdue before `earliestMs`.
 */
export function deadlineOf(
  install: Pick<Install, 'state' | 'stage' | 'powerUp' | 'stateAt' | 'updatedAt'>,
  { heardAtMs, netboot }: LifeSigns,
  seconds: DeadlineSeconds,
  earliestMs: number,
): { readonly stage: AwaitedStage; readonly after: string; readonly atMs: number } | undefined {
  const expected = expectNext(install, netboot);
  if (expected.stage === null) return undefined;
  const { stage, after } = expected;
  const writtenMs = Date.parse(install.state === 'installed' ? install.stateAt : install.updatedAt);
  const lastMs = install.state === 'installed' ? writtenMs : Math.max(writtenMs, heardAtMs ?? 0);
  return { stage, after, atMs: Math.max(lastMs + seconds[stage] * 1000, earliestMs) };
}

/** `answer-file did not come within 20 min after initrd: the installer was …; likely …`. */
export function overdueReason(stage: AwaitedStage, after: string, seconds: number): string {
  const { says, cause } = AWAITED[stage];
  const time = seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
  return `${stage} did not come within ${time} after ${after}: ${says}; likely ${cause}`;
}

/** What to do about it, with the machine's name in the commands. */
export function overdueHint(stage: AwaitedStage, system: string): string {
  return AWAITED[stage].hint.replaceAll('NAME', system);
}
