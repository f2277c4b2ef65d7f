import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatIpv4, type Ipv4 } from '../../src/domain/network/ipv4.ts';
import { builtProgram } from '../support/build.ts';
import { ip } from '../support/dhcp-packets.ts';
import type { StormEvent, StormOptions, StormOrder } from '../support/dhcp-storm.ts';
import { type LineProcess, speakLines } from '../support/line-process.ts';
import { createNamespaces, type Namespaces, reasonAgainstNamespaces } from '../support/namespaces.ts';
import { type ProvisiondProcess, startProvisiond } from '../support/provisiond-process.ts';
import { seededRandom } from '../support/seeded-random.ts';

const reason = reasonAgainstNamespaces();
const ROUNDS = Number(process.env['PROVISION_CRASH_ROUNDS'] ?? 50);
const EACH = 200;
const SERVER = '10.67.0.1';
const RELAY = '10.67.0.2';
const LIMIT_MS = 30_000 + ROUNDS * 30_000;

/** Ends the storm that is on. */
const NO_STORM: StormOrder = { first: -1, count: 0, width: 0 };

type Ack = StormEvent & { readonly event: 'ack' };
const isAck = (event: StormEvent): event is Ack => event.event === 'ack';
const isEndOf =
  (first: number) =>
  (event: StormEvent): event is StormEvent & { event: 'ended' } =>
    event.event === 'ended' && event.first === first;

describe.skipIf(reason !== undefined)(
  `kill -9 in the middle of a storm${reason ? ` (${reason})` : ''}`,
  () => {
    let spaces: Namespaces;
    let dataDir: string;

    beforeAll(() => {
      dataDir = mkdtempSync(join(tmpdir(), 'provision-crash-'));
      spaces = createNamespaces('records', ['server', 'relay'], [{ ends: ['server:lan0', 'relay:eth0'] }]);
      spaces.ip('server', 'address', 'add', `${SERVER}/16`, 'dev', 'lan0');
      spaces.ip('relay', 'address', 'add', `${RELAY}/16`, 'dev', 'eth0');
    });
    afterAll(async () => {
      await spaces.remove();
      rmSync(dataDir, { recursive: true, force: true });
    });

    const start = () =>
      startProvisiond(dataDir, (args, env) => spaces.spawn('server', [process.execPath, ...args], { env }));

    const startClients = (): LineProcess<StormEvent> => {
      const options: StormOptions = { relay: RELAY, server: SERVER };
      const program = builtProgram('test/support/dhcp-storm.ts');
      return speakLines<StormEvent>(
        spaces.spawn('relay', [process.execPath, program, JSON.stringify(options)]),
      );
    };

    /** A storm in the middle of which the service is gone: after so many ACKs and added systems. */
    const stormUntilKilled = async (
      service: ProvisiondProcess,
      clients: LineProcess<StormEvent>,
      round: { readonly first: number; readonly killAt: number },
      onAdded: (name: string) => void,
    ) => {
      let promises = 0;
      let hear: (bytes: Buffer) => void = () => {};
      await new Promise<void>((resolve, reject) => {
        const count = () => {
          promises += 1;
          if (promises === round.killAt) resolve(service.killHard());
        };
        hear = (bytes) => {
          for (const _ of bytes.toString().matchAll(/"ack"/g)) count();
        };
        clients.child.stdout?.on('data', hear);
        clients.send({ first: round.first, count: EACH, width: 16 } satisfies StormOrder);
        addSystems(service, round.first, (name) => {
          onAdded(name);
          count();
        }).catch(reject);
      });
      clients.child.stdout?.off('data', hear);
      clients.send(NO_STORM);
      await clients.find(isEndOf(round.first));
    };

    /** Adds systems, some at a time, until all are there or the service is gone; `onAdded` hears each 201. */
    const addSystems = async (service: ProvisiondProcess, first: number, onAdded: (name: string) => void) => {
      let next = first;
      const end = next + EACH;
      const worker = async (): Promise<void> => {
        while (next < end) {
          const number = next;
          next += 1;
          const answer = await service
            .call('POST', '/api/v1/systems', systemBody(number))
            .catch(() => undefined);
          if (answer === undefined) return;
          expect(answer).toMatchObject({ status: 201 });
          onAdded(systemName(number));
        }
      };
      await Promise.all(Array.from({ length: 4 }, worker));
    };

    it(
      `loses no lease that was ACKed and no record that was acknowledged, ${ROUNDS} times`,
      async () => {
        const random = seededRandom(20);
        const leases = new Map<string, string>();
        const systems = new Set<string>();
        const clients = startClients();
        let service = await start();
        await addCatalogue(service, dataDir);
        for (let round = 0; round < ROUNDS; round++) {
          // Somewhere between the first promise and the last but some.
          const killAt = 1 + Math.floor(random() * (2 * EACH - 50));
          await stormUntilKilled(service, clients, { first: round * EACH, killAt }, (name) =>
            systems.add(name),
          );
          for (const { ip: address, mac } of clients.events.filter(isAck)) {
            expect(`${address} ${leases.get(address) ?? mac}`).toBe(`${address} ${mac}`);
            leases.set(address, mac);
          }
          expectCleanDatabase(dataDir);
          service = await start();
          await expectAllThere(service, leases, systems);
        }
        expect(leases.size).toBeGreaterThan(ROUNDS);
        expect(systems.size).toBeGreaterThan(ROUNDS);
        expect(await service.stop()).toBe(0);
        clients.child.stdin?.end();
        await clients.ended();
        console.log(`${ROUNDS} crashes: ${leases.size} leases and ${systems.size} systems, all there`);
      },
      LIMIT_MS,
    );
  },
);

async function expectAllThere(
  service: ProvisiondProcess,
  leases: ReadonlyMap<string, string>,
  systems: ReadonlySet<string>,
): Promise<void> {
  type Page = { items: Record<string, string>[]; next?: string | null };
  const list = async (path: string, cursor = ''): Promise<Page['items']> => {
    const { items, next } = (await service.call('GET', `${path}${cursor}`)).body as Page;
    return next ? [...items, ...(await list(path, `?cursor=${encodeURIComponent(next)}`))] : items;
  };
  const bound = new Map((await list('/api/v1/leases')).map((lease) => [lease['ip'], lease['mac']]));
  const lost = [...leases].filter(([address, mac]) => bound.get(address) !== mac);
  expect(lost).toEqual([]);
  const names = new Set((await list('/api/v1/systems')).map((system) => system['name']));
  expect([...systems].filter((name) => !names.has(name))).toEqual([]);
}

function expectCleanDatabase(dataDir: string): void {
  const db = new Database(join(dataDir, 'provision.db'));
  expect(db.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  expect(db.pragma('foreign_key_check')).toEqual([]);
  db.close();
}

async function addCatalogue(service: ProvisiondProcess, dataDir: string): Promise<void> {
  const file = join(dataDir, 'distros', 'linux');
  mkdirSync(join(dataDir, 'distros'), { recursive: true });
  writeFileSync(file, 'a kernel');
  const lan = {
    name: 'lan',
    network: '10.67.0.0/16',
    dhcp: 'authoritative',
    leaseSeconds: 86_400,
    ranges: [{ from: '10.67.64.0', to: '10.67.255.250' }],
  };
  const bodies = [
    ['distros', { name: 'debian-13', family: 'debian', version: '13', kernel: file, initrd: file }],
    ['profiles', { name: 'debian-13', distro: 'debian-13' }],
    ['subnets', lan],
    ['subnets', { name: 'records', network: '10.68.0.0/15' }],
  ] as const;
  for (const [nouns, body] of bodies)
    expect(await service.call('POST', `/api/v1/${nouns}`, body)).toMatchObject({ status: 201 });
}

function systemName(number: number): string {
  return `web${String(number).padStart(5, '0')}`;
}

function systemBody(number: number): object {
  const mac = `525400${number.toString(16).padStart(6, '0')}`;
  const address = formatIpv4((ip('10.68.0.1') + number) as Ipv4);
  return { name: systemName(number), profile: 'debian-13', interfaces: [{ mac, ip: address }] };
}
