import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { Handoff } from '../../src/domain/handoff/handoff.ts';
import type { Install } from '../../src/domain/install/install.ts';
import { PROVISION_COMMAND } from './build.ts';
import { must } from './must.ts';
import { createNamespaces, type Finished, type Namespaces } from './namespaces.ts';
import { type ProvisiondProcess, startProvisiond } from './provisiond-process.ts';

export const MACHINE = '10.66.0.11';
const MAC = '52:54:00:00:00:01';
export const SERVER = '10.66.0.1';
/** Generous: the machine of a test may be busy with others, and a run of Ansible takes seconds by itself. */
export const LONG_MS = 120_000;

/** A built provisiond in one namespace, and web001 with a real sshd in another. */
export interface HandoffWorld {
  /** Folder of playbooks and keys; the machine sees it as well. */
  readonly folder: string;
  /** `server` and `web001`. Programs in <folder>/bin go before all others on the machine. */
  readonly spaces: Namespaces;
  service: ProvisiondProcess;
  /** Writes a playbook of these tasks for the hosts, and gives its path. */
  playbook(name: string, tasks: readonly object[], hosts?: string): string;
  /** Starts the service with these definitions; again: after it has ended. */
  start(definitions: object): Promise<void>;
  /** Adds web001 anew, arms it, and lets it go as far as its first boot, with what it reports as host keys. Gives its answer file. */
  bootWeb001(handoff: string, hostKeys?: string): Promise<string>;
  startSshd(): void;
  stopSshd(): Promise<void>;
  provision(...args: readonly string[]): Promise<Finished>;
  /** What ssh-keygen -l says of a key. */
  fingerprint(name: string): Promise<string>;
  install(): Promise<Install>;
  /** The newest run. */
  run(): Promise<Handoff>;
  /** Waits until the newest run, or the install, is so. */
  untilRun(fits: (run: Handoff) => boolean): Promise<Handoff>;
  untilInstall(state: Install['state']): Promise<Install>;
  dispose(): Promise<void>;
}

export async function openHandoffWorld(): Promise<HandoffWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'handoff-'));
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir, { mode: 0o700 });
  mkdirSync(join(dataDir, 'distros'));
  for (const name of ['linux', 'initrd.gz']) writeFileSync(join(dataDir, 'distros', name), name);
  // sshd keeps its children in there.
  mkdirSync('/run/sshd', { recursive: true });
  for (const name of ['host', 'other', 'client']) makeKey(join(folder, name));
  writeFileSync(join(folder, 'sshd_config'), sshdConfig(folder));
  const spaces = createNamespaces(
    'handoff',
    ['server', 'web001'],
    [{ ends: ['server:lan0', 'web001:eth0'] }],
  );
  spaces.ip('web001', 'link', 'set', 'eth0', 'address', MAC);
  spaces.ip('server', 'address', 'add', `${SERVER}/24`, 'dev', 'lan0');
  spaces.ip('web001', 'address', 'add', `${MACHINE}/24`, 'dev', 'eth0');
  let sshd: ReturnType<typeof spaces.spawn> | undefined;
  const fetch = async (path: string, body?: string): Promise<string> => {
    const post = body === undefined ? [] : ['--data-urlencode', `detail=${body}`];
    const done = await spaces.run('web001', ['curl', '-fsS', ...post, `http://${SERVER}${path}`]);
    if (done.code !== 0) throw new Error(`${path}: ${done.stderr}`);
    return done.stdout;
  };
  const call = async (method: string, path: string, body?: object) => {
    const answer = await world.service.call(method, `/api/v1${path}`, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body as never;
  };
  const until = <T>(look: () => Promise<T>, fits: (value: T) => boolean): Promise<T> =>
    vi.waitFor(
      async () => {
        const value = await look();
        if (!fits(value)) throw new Error(`not so: ${JSON.stringify(value)}`);
        return value;
      },
      { timeout: LONG_MS, interval: 100 },
    );
  const install = async () =>
    must(((await call('GET', '/systems/web001')) as { install: Install }).install, 'install');
  const run = async () =>
    must(((await call('GET', '/handoffs?limit=1')) as { items: Handoff[] }).items[0], 'a run');
  const world: HandoffWorld = {
    folder,
    spaces,
    service: undefined as never,
    playbook(name, tasks, hosts = 'web') {
      const path = join(folder, `${name}.yml`);
      writeFileSync(path, JSON.stringify([{ hosts, gather_facts: false, tasks }]));
      return path;
    },
    async start(definitions) {
      const more = { handoff: { definitions }, tftp: { port: 1069 } };
      const isNew = world.service === undefined;
      world.service = await startProvisiond(
        dataDir,
        (args, env) => spaces.spawn('server', [process.execPath, ...args], { env }),
        more,
      );
      if (isNew) await addCatalogue(call, dataDir, readFileSync(join(folder, 'client.pub'), 'utf8'));
    },
    async bootWeb001(handoff, hostKeys = readFileSync(join(folder, 'host.pub'), 'utf8')) {
      await world.service.call('DELETE', '/api/v1/systems/web001');
      const interfaces = [{ mac: MAC, ip: MACHINE }];
      await call('POST', '/systems', {
        name: 'web001',
        profile: 'debian-13',
        roles: ['web'],
        interfaces,
        handoff,
      });
      await call('POST', '/systems/web001/install', {});
      const script = await fetch('/boot/ipxe/52-54-00-00-00-01');
      const base = must(/\/i\/[A-Za-z0-9_-]+/.exec(script)?.[0], 'the token');
      const answer = await fetch(`${base}/answer`);
      await fetch(`${base}/event/first-boot`, hostKeys);
      return answer;
    },
    startSshd() {
      sshd = spaces.spawn('web001', ['/usr/sbin/sshd', '-D', '-e', '-f', join(folder, 'sshd_config')], {
        stdio: 'ignore',
      });
    },
    async stopSshd() {
      const running = sshd;
      if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
      const gone = new Promise((resolve) => running.once('close', resolve));
      running.kill('SIGTERM');
      await gone;
    },
    provision: (...args) => {
      const server = `unix:${join(dataDir, 'provision.sock')}`;
      const command = [process.execPath, PROVISION_COMMAND, '--server', server, ...args];
      return spaces.run('server', command, LONG_MS);
    },
    fingerprint: async (name) =>
      execFileSync('ssh-keygen', ['-lf', join(folder, name)], { encoding: 'utf8' }),
    install,
    run,
    untilRun: (fits) => until(run, fits),
    untilInstall: (state) => until(install, (value) => value.state === state),
    async dispose() {
      await spaces.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return world;
}

function makeKey(path: string): void {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path]);
  chmodSync(path, 0o600);
}

function sshdConfig(folder: string): string {
  return `ListenAddress ${MACHINE}
SetEnv PATH=${join(folder, 'bin')}:/usr/sbin:/usr/bin:/sbin:/bin
HostKey ${join(folder, 'host')}
PidFile none
AuthorizedKeysFile ${join(folder, 'client.pub')}
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
Subsystem sftp internal-sftp
`;
}

async function addCatalogue(
  call: (method: string, path: string, body?: object) => Promise<unknown>,
  dataDir: string,
  sshKey: string,
): Promise<void> {
  const [kernel, initrd] = ['linux', 'initrd.gz'].map((name) => join(dataDir, 'distros', name));
  const tree = 'http://mirror.example/debian';
  await call('POST', '/distros', {
    name: 'debian-13',
    family: 'debian',
    version: '13',
    kernel,
    initrd,
    tree,
  });
  const settings = { sshKeys: [sshKey.trim()], disk: '/dev/vda' };
  await call('POST', '/profiles', { name: 'debian-13', distro: 'debian-13', settings });
  await call('POST', '/subnets', { name: 'lan', network: '10.66.0.0/24' });
}
