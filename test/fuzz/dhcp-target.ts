import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { createDhcpListener, type DhcpListener } from '../../server/dhcp/listener.ts';
import type { DhcpHandle } from '../../server/dhcp/serve.ts';
import { dhcpHandle } from '../../server/dhcp/wiring.ts';
import { createLog } from '../../server/log.ts';
import { describeClient } from '../../src/dhcp/client.ts';
import { decodePacket } from '../../src/dhcp/packet.ts';
import { MalformedPacket } from '../../src/dhcp/packet-errors.ts';
import type { Ipv4 } from '../../src/domain/ipv4.ts';
import type { Deps } from '../../src/services/deps.ts';
import { dhcpService } from '../../src/services/dhcp.ts';
import { type EventService, eventService } from '../../src/services/events.ts';
import { installService } from '../../src/services/installs.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import { createFakeDhcpSocket } from '../support/fake-dhcp-socket.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { NOW_MS } from '../support/store-records.ts';
import { createDhcpAim } from './dhcp-aim.ts';
import { checkDhcpCodec } from './dhcp-codec.ts';
import { createLeaseLedger, type LeaseLedger, type LeaseRow } from './dhcp-ledger.ts';
import { fillStore, SERVER_IP } from './dhcp-records.ts';
import { type Failure, type FuzzTarget, failureOf, type Shot } from './target.ts';

/** In memory where there is such a folder: a million packets wait for no disk. */
const FOLDER = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const ADDRESSES = [{ address: SERVER_IP, prefix: 24 }];
/** How long a burst may take, in real time, until every packet of it is answered or dropped. */
const SETTLED_WITHIN_MS = 30_000;
const PRUNE_EVERY_MS = 3_600_000;

/** The DHCP listener with the service behind it and a database on disk: bytes in, bytes out, logging at `debug`. */
export async function openDhcpTarget(fixtures: readonly Buffer[]): Promise<FuzzTarget> {
  const dataDir = mkdtempSync(join(FOLDER, 'provision-fuzz-'));
  const world: World = { nowMs: NOW_MS, failure: undefined, logged: 0 };
  const fail = (failure: Failure) => {
    world.failure ??= failure;
  };
  const store = await openSqliteStore(dataDir);
  const plan = await fillStore(store, world.nowMs);
  const ledger = createLeaseLedger(plan, () => world.nowMs);
  const deps = depsOf(watchLeases(store, ledger, fail), () => world.nowMs);
  const events = eventService(deps, (error) => fail(failureOf('events', error)));
  const installs = installService(deps, events, async () => {});
  const service = dhcpService(deps, events, installs, { httpPort: 80, ownAddresses: () => [SERVER_IP] });
  const socket = createFakeDhcpSocket({ ok: true, value: 1 });
  const aim = createDhcpAim(fixtures);
  const listener = createDhcpListener({
    interfaceName: 'lan0',
    serverAddresses: () => ADDRESSES,
    open: socket.open,
    handle: watchAnswers(dhcpHandle(service), ledger, aim.learn, fail),
    isMalformed: (error) => error instanceof MalformedPacket,
    log: createLog('debug', { write: (line) => hearLog(line, world, fail) }),
  });
  await listener.start();
  const reader = new Database(join(dataDir, 'provision.db'), { readonly: true });
  const leases = reader.prepare<[], LeaseRow>('select ip, mac, state, expires_at from leases');
  return {
    aim: aim.aim,
    async shoot(shots) {
      for (const shot of shots) shootOne(shot, world, socket.receive, fail);
      await settle(listener, fail);
      await events.flush();
      await pruneHourly(events, world);
      const wrong = ledger.compare(leases.all());
      if (wrong !== undefined) fail({ kind: 'leases: not as written', detail: wrong });
      for (const sent of [socket.sent, socket.framed]) sent.splice(0);
      return world.failure;
    },
    summary: () => summaryOf(listener, leases.all().length, world.logged),
    async finish() {
      await listener.stop();
      await events.flush();
      reader.close();
      await store.close();
      rmSync(dataDir, { recursive: true, force: true });
      if (!socket.closed) fail({ kind: 'leak: socket', detail: 'the socket is open after the stop' });
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
  receive: (bytes: Buffer, source: { address: Ipv4; port: number }) => void,
  fail: (failure: Failure) => void,
): void {
  world.nowMs += afterMs;
  const wrong = checkDhcpCodec(bytes);
  if (wrong !== undefined) fail(wrong);
  // Most clients have no address yet; relays and renewing clients have one, and any port at all may be claimed.
  const address = (from % 4 === 0 ? SERVER_IP + 1 + from : 0) as Ipv4;
  try {
    receive(bytes, { address, port: from % 8 === 0 ? 1 + from * 1000 : 68 });
  } catch (error) {
    fail(failureOf('socket callback', error, bytes));
  }
}

/** The store, with every lease that it has taken entered in the ledger. */
function watchLeases(store: Store, ledger: LeaseLedger, fail: (failure: Failure) => void): Store {
  const commitLease: Store['dhcp']['commitLease'] = async (write) => {
    const result = await store.dhcp.commitLease(write);
    const wrong = result === 'bound' ? ledger.committed(write) : undefined;
    if (wrong !== undefined) fail({ kind: 'lease: wrong owner', detail: wrong });
    return result;
  };
  return { ...store, dhcp: { ...store.dhcp, commitLease } };
}

/** The service, with every answer judged before it goes on to the listener. */
function watchAnswers(
  handle: DhcpHandle,
  ledger: LeaseLedger,
  learn: ReturnType<typeof createDhcpAim>['learn'],
  fail: (failure: Failure) => void,
): DhcpHandle {
  return async (bytes, reception) => {
    try {
      const reply = await handle(bytes, reception);
      if (reply === undefined) return undefined;
      const request = decodePacket(bytes);
      const client = describeClient(request, {
        interfaceName: reception.interfaceName,
        serverAddress: SERVER_IP,
        localNetworks: [],
      });
      const answer = decodePacket(reply.bytes);
      const wrong = ledger.answered(client, request, answer);
      if (wrong !== undefined) fail({ kind: `answer: ${wrong.replace(/.*: /, '')}`, detail: wrong, bytes });
      learn({ request, reply: answer });
      return reply;
    } catch (error) {
      if (!(error instanceof MalformedPacket)) fail(failureOf('service', error, bytes));
      throw error;
    }
  };
}

/** Nothing that a packet holds may be an error of ours. */
function hearLog(line: string, world: World, fail: (failure: Failure) => void): void {
  world.logged += 1;
  if (/"level":[56]0/.test(line)) fail({ kind: 'log: an error', detail: line });
}

async function settle({ counters }: DhcpListener, fail: (failure: Failure) => void): Promise<void> {
  const inWork = () => {
    const { received, replied, silent, malformed, dropped, failed, sendFailed } = counters;
    return received - replied - silent - malformed - dropped - failed - sendFailed;
  };
  const startedMs = performance.now();
  while (inWork() > 0) {
    await new Promise((resolve) => setImmediate(resolve));
    if (performance.now() - startedMs < SETTLED_WITHIN_MS) continue;
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

function summaryOf({ counters }: DhcpListener, leases: number, logged: number): string {
  const { replied, silent, malformed, dropped } = counters;
  return `${replied} answered, ${silent} passed over, ${malformed} malformed, ${dropped} dropped; ${leases} addresses leased, ${logged} lines logged`;
}
