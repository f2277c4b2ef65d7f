import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { httpStreams } from '../../src/cli/connect/http-streams.ts';
import { readEventStream } from '../../src/client/event-stream.ts';
import type { BootEvent } from '../../src/domain/boot/boot-event.ts';
import { createNamespaces, type Namespaces, reasonAgainstNamespaces } from '../support/namespaces.ts';
import { type ProvisiondProcess, startProvisiond } from '../support/provisiond-process.ts';

const reason = reasonAgainstNamespaces();

describe.skipIf(reason !== undefined)('a reader of events', { timeout: 120_000 }, () => {
  let spaces: Namespaces;
  let service: ProvisiondProcess;
  let dataDir = '';
  afterEach(async () => {
    await service.killHard();
    await spaces.remove();
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function start(): Promise<void> {
    const startNode = (args: readonly string[], env: Record<string, string>) =>
      spaces.spawn('server', [process.execPath, ...args], { env });
    service = await startProvisiond(dataDir, startNode, { dhcp: { probe: false } });
  }

  async function must(method: string, path: string, body: object = {}): Promise<unknown> {
    const answer = await service.call(method, `/api/v1/${path}`, method === 'GET' ? undefined : body);
    if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async function addRecords(): Promise<void> {
    for (const name of ['linux', 'initrd.gz'])
      copyFileSync(join(dataDir, 'provision.yaml'), join(dataDir, 'distros', name));
    const files = { kernel: join(dataDir, 'distros/linux'), initrd: join(dataDir, 'distros/initrd.gz') };
    const tree = 'http://mirror.example/debian';
    await must('POST', 'distros', { name: 'debian-13', family: 'debian', version: '13', ...files, tree });
    await must('POST', 'profiles', { name: 'debian-13', distro: 'debian-13' });
    await must('POST', 'subnets', { name: 'lab', network: '10.99.0.0/24' });
    const interfaces = [{ mac: '52:54:00:00:00:01', ip: '10.99.0.11' }];
    await must('POST', 'systems', { name: 'web001', profile: 'debian-13', interfaces });
  }

  /** Reads until so many events have come; then, or when the connection breaks, gives where it was. */
  async function read(count: number, place: string | undefined, seen: BootEvent[]): Promise<string> {
    const headers: Record<string, string> = place === undefined ? {} : { 'last-event-id': place };
    const open = httpStreams({ kind: 'unix', path: join(dataDir, 'provision.sock') });
    const path = '/api/v1/systems/web001/events?after=0';
    const stream = await open({ method: 'GET', path, headers, body: undefined });
    let last = place ?? '';
    try {
      for await (const { id, data } of readEventStream(stream.body)) {
        if (id !== undefined) last = id;
        if (data !== undefined) seen.push(JSON.parse(data) as BootEvent);
        if (seen.length >= count) break;
      }
    } finally {
      stream.close();
    }
    return last;
  }

  it('misses nothing and sees nothing twice, though the service was killed and others wrote before it came back', async () => {
    spaces = createNamespaces('api-sse', ['server', 'lan'], [{ ends: ['server:eth0', 'lan:eth0'] }]);
    spaces.ip('server', 'address', 'add', '10.99.0.1/24', 'dev', 'eth0');
    dataDir = mkdtempSync(join(tmpdir(), 'provision-events-'));
    await start();
    await addRecords();
    const seen: BootEvent[] = [];
    await must('POST', 'systems/web001/install', {});
    const place = await read(1, undefined, seen);
    expect(seen).toHaveLength(1);
    await service.killHard();
    await start();
    // Nobody reads now.
    await must('POST', 'systems/web001/cancel');
    await must('POST', 'systems/web001/install', { attempts: 2 });
    const { items } = (await must('GET', 'systems/web001/timeline')) as { items: BootEvent[] };
    expect(items.length).toBeGreaterThan(4);
    await read(items.length, place, seen);
    expect(seen.map(({ id, stage }) => [id, stage])).toEqual(items.map(({ id, stage }) => [id, stage]));
  });
});
