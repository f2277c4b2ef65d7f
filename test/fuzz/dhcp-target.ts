import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { createClientLimits } from '../../server/dhcp/client-limits.ts';
import type { DhcpCounters } from '../../server/dhcp/counters.ts';
import type { IntakePolicy } from '../../server/dhcp/intake.ts';
import { createDhcpListener, type DhcpListener } from '../../server/dhcp/listener.ts';
import { logPackets } from '../../server/dhcp/packet-log.ts';
import type { DhcpService } from '../../server/dhcp/serve.ts';
import { dhcpHandle } from '../../server/dhcp/wiring.ts';
import { createLog } from '../../server/log.ts';
import { parseConfig } from '../../src/config.ts';
import { PORT } from '../../src/dhcp/codes.ts';
import { MalformedPacket } from '../../src/dhcp/packet-errors.ts';
import type { Ipv4 } from '../../src/domain/network/ipv4.ts';
import type { Deps } from '../../src/services/deps.ts';
import { createAddressUse } from '../../src/services/dhcp/address-use.ts';
import { dhcpService } from '../../src/services/dhcp/dhcp.ts';
import { createOtherServers } from '../../src/services/dhcp/other-servers.ts';
import { type EventService, eventService } from '../../src/services/events/events.ts';
import { installService } from '../../src/services/installs/installs.ts';
import type { Store } from '../../src/store/interfaces/store.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite.ts';
import { createFakeDhcpSocket, type FakeDhcpSocket } from '../support/fake-dhcp-socket.ts';
import { NO_POWER_UPS } from '../support/no-power-ups.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { NOW_MS } from '../support/store-records.ts';
import { createDhcpAim } from './dhcp-aim.ts';
import { checkDhcpCodec } from './dhcp-codec.ts';
import { createLeaseLedger, type LeaseRow } from './dhcp-ledger.ts';
import { fillStore, SERVER_IP } from './dhcp-records.ts';
import { watchAnswers, watchLeases } from './dhcp-watch.ts';
import { type Failure, type FuzzTarget, failureOf, type Shot } from './target.ts';

/** In memory where there is such a folder: a million packets wait for no disk. */
const FOLDER = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const ADDRESSES = [{ address: SERVER_IP, prefix: 24 }];
/** CPU time that a burst may take until every packet of it is answered or dropped: a busy machine is no fault of ours. */
const SETTLED_WITHIN_MICROSECONDS = 20_000_000;
/** Never: what has no end is found by the limit above. */
const HANDLE_TIMEOUT_MS = 2 ** 31 - 1;
const PRUNE_EVERY_MS = 3_600_000;

/** The DHCP listener with the service behind it and a database on disk: bytes in, bytes out, logging at `debug`. */
export async function openDhcpTarget(fixtures: readonly Buffer[]): Promise<FuzzTarget> {
  const dataDir = mkdtempSync(join(FOLDER, 'provision-fuzz-'));
  const world: World = { nowMs: NOW_MS, failure: undefined, logged: 0, bursts: 0 };
  const fail = (failure: Failure) => {
    world.failure ??= failure;
  };
  const store = await openSqliteStore(dataDir);
  const plan = await fillStore(store, world.nowMs);
  const ledger = createLeaseLedger(plan, () => world.nowMs);
  const deps = depsOf(watchLeases(store, ledger, fail), () => world.nowMs);
  const events = eventService(deps, (error) => fail(failureOf('events', error)));
  const installs = installService(deps, events, async () => {}, NO_POWER_UPS);
  const onEvent = events.record;
  const ownAddresses = () => [SERVER_IP];
  const addressUse = createAddressUse({ store: deps.store.dhcp, ownAddresses, now: deps.now, onEvent });
  const { subnets } = deps.store.dhcp;
  const otherServers = createOtherServers({ subnets, ownAddresses, now: deps.now, onEvent });
  const service = dhcpService(deps, events, installs, {
    httpPort: 80,
    ownAddresses,
    findAddressUser: addressUse.findUser,
    onOtherServer: otherServers.notice,
  });
  const log = createLog('debug', { write: (line) => hearLog(line, world, fail) });
  const aim = createDhcpAim(fixtures);
  const handle = logPackets(watchAnswers(dhcpHandle(service), ledger, aim.learn, fail), log);
  const { findMachine, findMachineSeen } = deps.store.dhcp;
  const intake: IntakePolicy = {
    limits: createClientLimits(parseConfig(null, {}).dhcp.clientPacketsPerSecond),
    isKnown: (mac) => (findMachine(mac) ?? findMachineSeen(mac, world.nowMs)) !== undefined,
    nowMs: deps.now,
  };
  const doors = [PORT.server, PORT.bootServer].map((port) => openDoor(port, { handle, log, intake }));
  await Promise.all(doors.map(({ listener }) => listener.start()));
  const reader = new Database(join(dataDir, 'provision.db'), { readonly: true });
  const leases = reader.prepare<[], LeaseRow>('select ip, mac, state, expires_at from leases');
  return {
    aim: aim.aim,
    async shoot(shots) {
      // Without debug, answers that need no disk leave within the callback of the socket: another way through.
      world.bursts += 1;
      log.level = world.bursts % 4 === 0 ? 'info' : 'debug';
      for (const shot of shots) shootOne(shot, world, doors[shot.to]?.socket, fail);
      for (const { listener } of doors) await settle(listener, fail);
      await events.flush();
      await pruneHourly(events, world);
      const wrong = ledger.compare(leases.all());
      if (wrong !== undefined) fail({ kind: 'leases: not as written', detail: wrong });
      for (const { socket } of doors) for (const sent of [socket.sent, socket.framed]) sent.splice(0);
      return world.failure;
    },
    summary: () => summaryOf(doors, leases.all().length, world.logged),
    async finish() {
      await Promise.all(doors.map(({ listener }) => listener.stop()));
      await events.flush();
      reader.close();
      await store.close();
      rmSync(dataDir, { recursive: true, force: true });
      if (doors.some(({ socket }) => !socket.closed))
        fail({ kind: 'leak: socket', detail: 'a socket is open after the stop' });
      return world.failure;
    },
  };
}

interface World {
  nowMs: number;
  prunedAtMs?: number;
  failure: Failure | undefined;
  /** Lines of the log. */
  logged: number;
  bursts: number;
}

/** A listener on one port, and the other end of its socket. */
interface Door {
  readonly listener: DhcpListener;
  readonly socket: FakeDhcpSocket;
}

function openDoor(port: number, service: Pick<DhcpService, 'handle' | 'log' | 'intake'>): Door {
  const socket = createFakeDhcpSocket({ ok: true, value: 1 });
  const listener = createDhcpListener({
    interfaceName: 'lan0',
    port,
    serverAddresses: () => ADDRESSES,
    open: socket.open,
    ...service,
    isMalformed: (error) => error instanceof MalformedPacket,
    handleTimeoutMs: HANDLE_TIMEOUT_MS,
  });
  return { listener, socket };
}

function depsOf(store: Store, now: () => number): Deps {
  const random = seededRandom(1);
  return {
    store,
    now,
    randomBytes: (length) => Buffer.from(Array.from({ length }, () => Math.floor(random() * 256))),
    secrets: { seal: (plain) => plain, open: (sealed) => sealed },
  };
}

function shootOne(
  { bytes, from, afterMs }: Shot,
  world: World,
  socket: FakeDhcpSocket | undefined,
  fail: (failure: Failure) => void,
): void {
  world.nowMs += afterMs;
  const wrong = checkDhcpCodec(bytes);
  if (wrong !== undefined) fail(wrong);
  // Most clients have no address yet; relays and renewing clients have one, and any port at all may be claimed.
  const address = (from % 4 === 0 ? SERVER_IP + 1 + from : 0) as Ipv4;
  try {
    socket?.receive(bytes, { address, port: from % 8 === 0 ? 1 + from * 1000 : 68 });
  } catch (error) {
    fail(failureOf('socket callback', error, bytes));
  }
}

/** Nothing that a packet holds may be an error of ours. */
function hearLog(line: string, world: World, fail: (failure: Failure) => void): void {
  world.logged += 1;
  if (/"level":[56]0/.test(line)) fail({ kind: 'log: an error', detail: line });
}

async function settle({ counters }: DhcpListener, fail: (failure: Failure) => void): Promise<void> {
  const inWork = () => {
    const { received, replied, silent, malformed, dropped, limited, strangersDropped, failed, sendFailed } =
      counters;
    const notTaken = dropped + limited + strangersDropped;
    return received - replied - silent - malformed - notTaken - failed - sendFailed;
  };
  const started = process.cpuUsage();
  while (inWork() > 0) {
    await new Promise((resolve) => setImmediate(resolve));
    const { user, system } = process.cpuUsage(started);
    if (user + system < SETTLED_WITHIN_MICROSECONDS) continue;
    return fail({
      kind: 'in flight',
      detail: `${inWork()} packets have no end: ${JSON.stringify(counters)}`,
    });
  }
}

async function pruneHourly(events: EventService, world: World): Promise<void> {
  if (world.nowMs - (world.prunedAtMs ?? NOW_MS) < PRUNE_EVERY_MS) return;
  world.prunedAtMs = world.nowMs;
  await events.prune();
}

function summaryOf(doors: readonly Door[], leases: number, logged: number): string {
  const sum = (name: keyof DhcpCounters) =>
    doors.reduce((total, { listener }) => total + listener.counters[name], 0);
  const counts = `${sum('replied')} answered, ${sum('silent')} passed over, ${sum('malformed')} malformed`;
  return `${counts}, ${sum('limited')} limited, ${sum('dropped') + sum('strangersDropped')} dropped; ${leases} addresses leased, ${logged} lines logged`;
}
