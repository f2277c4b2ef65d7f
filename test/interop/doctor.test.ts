import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Check } from '../../src/domain/check.ts';
import { PROVISION_COMMAND } from '../support/build.ts';
import { createNamespaces, type Namespaces, reasonAgainstNamespaces } from '../support/namespaces.ts';
import { type ProvisiondProcess, startProvisiond } from '../support/provisiond-process.ts';

const reason = reasonAgainstNamespaces();

describe.skipIf(reason !== undefined)('provision doctor', () => {
  let spaces: Namespaces;
  let service: ProvisiondProcess | undefined;
  let dataDir = '';
  afterEach(async () => {
    await service?.killHard();
    await spaces.remove();
    rmSync(dataDir, { recursive: true, force: true });
  });

  function running(): ProvisiondProcess {
    if (service === undefined) throw new Error('the service does not run');
    return service;
  }

  /** Somebody has the port already. */
  function takePort(address: string, port: number): Promise<void> {
    const program = `require('dgram').createSocket('udp4').bind(${port}, '${address}', () => console.log('has it'))`;
    const child = spaces.spawn('server', [process.execPath, '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return new Promise((resolve, reject) => {
      child.stdout?.once('data', () => resolve());
      child.once('close', () => reject(new Error('the port could not be taken')));
    });
  }

  async function must(path: string, body: object): Promise<void> {
    const answer = await running().call('POST', `/api/v1/${path}`, body);
    if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
  }

  async function addRecords(): Promise<void> {
    for (const name of ['linux', 'initrd.gz']) writeFileSync(join(dataDir, 'distros', name), 'x');
    const files = { kernel: join(dataDir, 'distros/linux'), initrd: join(dataDir, 'distros/initrd.gz') };
    const tree = 'http://mirror.example/debian';
    await must('distros', { name: 'debian-13', family: 'debian', version: '13', ...files, tree });
    await must('profiles', { name: 'debian-13', distro: 'debian-13' });
    await must('subnets', { name: 'lab', network: '10.99.0.0/24', dhcp: 'authoritative' });
    const interfaces = [{ mac: '52:54:00:00:00:01', ip: '10.99.0.11' }];
    // A command that the configuration does not have.
    const bmc = { driver: 'command', command: 'outlet', firmware: 'uefi' };
    await must('systems', { name: 'web001', profile: 'debian-13', interfaces, bmc });
  }

  async function checks(): Promise<readonly Check[]> {
    const socket = `unix:${join(dataDir, 'provision.sock')}`;
    const command = [process.execPath, PROVISION_COMMAND, '--server', socket, 'doctor', '--json'];
    const { stdout, stderr } = await spaces.run('server', command, 60_000);
    if (stdout === '') throw new Error(stderr);
    return (JSON.parse(stdout) as { items: Check[] }).items;
  }

  it('names what is broken, line by line, each with what to do next', async () => {
    // An interface that is up and has no address.
    const cables = [{ ends: ['server:eth0', 'lan:eth0'] }, { ends: ['server:bare0', 'lan:bare1'] }] as const;
    spaces = createNamespaces('api-doctor', ['server', 'lan'], cables);
    spaces.ip('server', 'address', 'add', '10.99.0.1/24', 'dev', 'eth0');
    await takePort('10.99.0.1', 69);
    dataDir = mkdtempSync(join(tmpdir(), 'provision-doctor-'));
    const startNode = (args: readonly string[], env: Record<string, string>) =>
      spaces.spawn('server', [process.execPath, ...args], { env });
    service = await startProvisiond(dataDir, startNode, {
      dhcp: { probe: false },
      loaders: { dirs: [join(dataDir, 'nothing')] },
      backup: { everyHours: 0 },
    });
    await addRecords();
    await running().call('POST', '/api/v1/power/status', { systems: ['web001'] });
    rmSync(join(dataDir, 'distros/linux'));
    const found = await checks();
    const bad = found.filter(({ state }) => state !== 'ok');
    for (const { name, what, next } of bad)
      expect({ name, what, next }).toMatchObject({ next: expect.stringMatching(/./) });
    expect([...new Set(bad.map(({ name }) => name))]).toEqual(
      expect.arrayContaining(['ports', 'interfaces', 'loaders', 'files', 'bmcs', 'backup']),
    );
    // Each of these says how it is, whatever it is on the machine of the test.
    const names = [
      'ports',
      'capabilities',
      'interfaces',
      'dhcp',
      'loaders',
      'files',
      'key',
      'hand-offs',
      'bmcs',
    ];
    expect(new Set(found.map(({ name }) => name))).toEqual(
      new Set([
        ...names,
        'receive buffer',
        'clock',
        'disk',
        'database',
        'backup',
        ...found.filter(({ name }) => name === 'noticed').map(({ name }) => name),
      ]),
    );
  }, 120_000);
});
