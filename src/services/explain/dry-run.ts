import type { NewBootEvent } from '../../domain/boot/boot-event.ts';
import { advance } from '../../domain/install/install-state.ts';
import type { Ipv4 } from '../../domain/network/ipv4.ts';
import type { DhcpStore, LeaseWrite, MachineFacts } from '../../store/interfaces/dhcp-store.ts';
import type { StoredInstall } from '../../store/interfaces/store.ts';
import type { AnswerFiles } from '../boot/answer-files.ts';
import { type BootService, bootService } from '../boot/boot.ts';
import { type BootFileService, bootFileService, type FindLoader } from '../boot/boot-files.ts';
import type { Deps } from '../deps.ts';
import { type DhcpPacketService, type DhcpSettings, dhcpService } from '../dhcp/dhcp.ts';
import type { Exchange } from '../dhcp/dhcp-events.ts';
import { createOffers, type Offers } from '../dhcp/offers.ts';
import { factsOf } from '../installs/installs.ts';

/** Stands where an install's token will be. */
export const DRY_TOKEN = 'TOKEN';

/** What answers machines, as the service itself has it. */
export interface RealParts {
  readonly deps: Deps;
  readonly answers: AnswerFiles;
  readonly findLoader: FindLoader;
  readonly dhcp: DhcpSettings;
}

/** The same functions that answer machines, on a store that is only read. */
export interface DryRun {
  readonly dhcp: DhcpPacketService;
  readonly boot: BootService;
  readonly bootFiles: BootFileService;
  /** What would be told on the timeline, in order. */
  readonly events: NewBootEvent[];
  readonly exchanges: Exchange[];
}

/**
 * Makes a dry run. What would be written is remembered for as long as it lasts: a lease that is given is a lease for the
 * file that is asked for next. `supposed`: an install in the place of the one on record.
 */
export function createDryRun(real: RealParts, supposed: StoredInstall | undefined): DryRun {
  const { deps, answers, findLoader, dhcp } = real;
  const events: NewBootEvent[] = [];
  const exchanges: Exchange[] = [];
  const record = (event: NewBootEvent): void => {
    events.push(event);
  };
  const store = {
    ...deps.store,
    dhcp: dryStore(deps.store.dhcp, supposed),
    transaction: refuse,
    addEvents: refuse,
  };
  const dryDeps: Deps = { ...deps, store };
  const installs = dryInstalls(deps, supposed);
  const masked: AnswerFiles = {
    ...answers,
    render: (system, rendering) => answers.render(system, rendering, 'preview'),
  };
  const boot = bootService(dryDeps, installs, masked, { record });
  const { onOtherServer: _, afterwards: __, ...settings } = dhcp;
  return {
    dhcp: dhcpService(dryDeps, { record }, installs, {
      ...settings,
      offers: readOnly(dhcp.offers),
      onExchange: (exchange) => exchanges.push(exchange),
    }),
    boot,
    bootFiles: bootFileService(dryDeps, boot, findLoader),
    events,
    exchanges,
  };
}

/** Nothing gets here; whatever does must not be written. */
async function refuse(): Promise<never> {
  throw new Error('an explanation was about to write something');
}

/** What is on offer to others counts, and nothing is offered. */
function readOnly(offers: Offers = createOffers()): Offers {
  return { ...offers, add: () => {}, forget: () => {} };
}

function dryStore(real: DhcpStore, supposed: StoredInstall | undefined): DhcpStore {
  const given = new Map<Ipv4, LeaseWrite>();
  const suppose = (machine: MachineFacts | undefined): MachineFacts | undefined =>
    machine === undefined || machine.systemId !== supposed?.systemId
      ? machine
      : { ...machine, install: factsOf(supposed.install) };
  const leaseOf = (mac: string): LeaseWrite | undefined =>
    [...given.values()].find((lease) => lease.state === 'bound' && lease.seenMac === mac);
  return {
    ...real,
    findMachine: (key) => suppose(real.findMachine(key)),
    findMachineSeen(mac, nowMs) {
      const key = leaseOf(mac)?.mac;
      const machine = key === undefined ? undefined : real.findMachine(key);
      const found =
        key === undefined || machine === undefined ? real.findMachineSeen(mac, nowMs) : { key, machine };
      const seen = suppose(found?.machine);
      return found === undefined || seen === undefined ? undefined : { key: found.key, machine: seen };
    },
    findMacOf(ip, nowMs) {
      const lease = given.get(ip);
      return lease?.state === 'bound' ? (lease.seenMac ?? lease.mac) : real.findMacOf(ip, nowMs);
    },
    async commitLease(write) {
      given.set(write.ip, write);
      return 'bound';
    },
  };
}

/** Installs that move on in memory, by the same function as on the disk. */
function dryInstalls(
  { store, now }: Deps,
  supposed: StoredInstall | undefined,
): Parameters<typeof bootService>[1] {
  const moved = new Map<number, StoredInstall>();
  const find = (id: number): StoredInstall | undefined =>
    moved.get(id) ?? (id === supposed?.install.id ? supposed : store.boot.findInstallById(id));
  let current: number | undefined;
  return {
    async observe(id, seen) {
      const stored = find(id);
      if (stored === undefined) return { refused: 'the install was removed' };
      const { change, refused } = advance(factsOf(stored.install), seen, now()) as {
        change?: Partial<StoredInstall['install']> | null;
        refused?: string;
      };
      if (refused !== undefined) return { refused };
      const install = { ...stored.install, ...change };
      moved.set(id, { ...stored, install });
      return { install };
    },
    tokenOf(id) {
      current = id;
      return find(id) === undefined ? undefined : DRY_TOKEN;
    },
    findByToken: (token) => (token === DRY_TOKEN && current !== undefined ? find(current) : undefined),
  };
}
