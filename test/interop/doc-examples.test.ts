import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { PROVISION_COMMAND } from '../support/build.ts';
import { docExamples } from '../support/doc-examples.ts';
import { hasCommand } from '../support/has-command.ts';
import {
  createNamespaces,
  type Finished,
  type Namespaces,
  reasonAgainstNamespaces,
} from '../support/namespaces.ts';
import { type ProvisiondProcess, startProvisiond } from '../support/provisiond-process.ts';

/** Lines that cannot be run here, and why. */
const NOT_RUN: ReadonlyMap<string, string> = new Map([
  ['npm start', 'it starts the service, which runs here already'],
  [
    'provision system timeline web001 --follow',
    'it follows until the install is over, and there is no machine',
  ],
  [
    'provision setup --server https://10.99.0.1:8443',
    'it asks at a terminal for the token of the first start',
  ],
  ['provision login https://provision.example.net', 'it asks at a terminal, and there is no such host'],
]);

/** Lines that end otherwise than with 0. */
const EXIT_CODES: ReadonlyMap<string, number> = new Map([
  // Nothing is ready, as no machine was installed.
  ["provision system find 'web*' --profile 'debian*' --state ready --quiet", 3],
]);

/** The shells that lines of completion are for; what else there is, bash runs. */
function shellFor(line: string): readonly string[] {
  if (line.includes('completion fish')) return ['fish', '-c'];
  return line.includes('completion zsh')
    ? ['zsh', '-c', 'autoload -U compinit && compinit -u && eval "$0"']
    : ['bash', '-o', 'pipefail', '-c'];
}

/** Many programs one after another, on a machine that may have other things to do. */
const TIMEOUT_MS = 180_000;

const ADDRESS = '10.99.0.1';

/** A service on a machine of its own, and a shell beside it with the command in its path. */
interface Place {
  readonly service: ProvisiondProcess;
  readonly cwd: string;
  readonly token: string;
  shell(line: string): Promise<Finished>;
}

const reason = reasonAgainstNamespaces();

describe.skipIf(reason !== undefined)(
  'the examples of the documents run as they stand',
  { timeout: TIMEOUT_MS },
  () => {
    let spaces: Namespaces | undefined;
    let service: ProvisiondProcess | undefined;
    let root = '';
    afterEach(async () => {
      await service?.killHard();
      await spaces?.remove();
      rmSync(root, { recursive: true, force: true });
    });

    async function open(): Promise<Place> {
      const net = createNamespaces('api-doc', ['server', 'lan'], [{ ends: ['server:eth0', 'lan:eth0'] }]);
      spaces = net;
      net.ip('server', 'address', 'add', `${ADDRESS}/24`, 'dev', 'eth0');
      root = mkdtempSync(join(tmpdir(), 'provision-docs-'));
      const [dataDir, home, bin] = ['data', 'home', 'bin'].map((name) => join(root, name)) as [
        string,
        string,
        string,
      ];
      for (const folder of [dataDir, join(home, '.ssh'), bin])
        mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(join(home, '.ssh/id_ed25519.pub'), `ssh-ed25519 ${'A'.repeat(68)} ada@office\n`);
      for (const name of ['linux', 'initrd.gz']) writeFileSync(join(root, name), `content of ${name}`);
      const program = `#!/bin/sh\nexec '${process.execPath}' '${PROVISION_COMMAND}' "$@"\n`;
      writeFileSync(join(bin, 'provision'), program, { mode: 0o700 });
      const startNode = (args: readonly string[], env: Record<string, string>) =>
        net.spawn('server', [process.execPath, ...args], { env });
      const running = await startProvisiond(dataDir, startNode, {
        http: { listen: `${ADDRESS}:8443` },
        dhcp: { probe: false },
      });
      service = running;
      const made = await running.call('POST', '/api/v1/tokens', { name: 'ada', role: 'admin' });
      const { token } = made.body as { token: string };
      const status = (await running.call('GET', '/api/v1/status')).body as {
        certificate: { sha256: string };
      };
      // curl finds the service's own certificate as it would find one that the machine trusts.
      writeFileSync(
        join(home, '.curlrc'),
        `cacert = ${join(dataDir, 'tls.crt')}\nfail-with-body\nsilent\nshow-error\n`,
      );
      const env = [
        `HOME=${home}`,
        `PATH=${bin}:${process.env['PATH'] ?? ''}`,
        'EDITOR=true',
        `URL=https://${ADDRESS}:8443`,
        `TOKEN=${token}`,
      ];
      const here = (line: string): string =>
        line
          .replace('sha256:4f3c…', `sha256:${status.certificate.sha256}`)
          .replace('URL=https://provision.example TOKEN=pv_…', `URL=https://${ADDRESS}:8443 TOKEN=${token}`)
          .replace('/var/lib/provision/', `${dataDir}/`);
      writeFileSync(join(root, 'token'), token);
      const shell = (line: string) =>
        net.run('server', ['env', '-C', root, ...env, ...shellFor(line), here(line)], 60_000);
      return { service: running, cwd: root, token, shell };
    }

    async function runAll(path: string, { shell }: Place): Promise<string[]> {
      const ran: string[] = [];
      for (const { line, at } of docExamples(path)) {
        if (NOT_RUN.has(line) || !hasCommand(shellFor(line)[0] ?? '')) continue;
        const { code, stdout, stderr } = await shell(line);
        expect(
          { code, stderr: code === 0 ? '' : stderr, stdout: code === 0 ? '' : stdout },
          `${path}:${at}: ${line}`,
        ).toMatchObject({
          code: EXIT_CODES.get(line) ?? 0,
        });
        ran.push(line);
      }
      return ran;
    }

    /** The records that examples speak of without having added them. */
    async function addRecords({ service: running, cwd }: Place): Promise<void> {
      const files = join(cwd, 'data/distros');
      for (const name of ['linux', 'initrd.gz']) copyFileSync(join(cwd, name), join(files, name));
      for (const [nouns, body] of [
        [
          'distros',
          {
            name: 'debian-13',
            family: 'debian',
            version: '13',
            kernel: join(files, 'linux'),
            initrd: join(files, 'initrd.gz'),
            tree: 'http://mirror.example/debian',
          },
        ],
        ['profiles', { name: 'debian-13', distro: 'debian-13' }],
        ['subnets', { name: 'lab', network: '10.99.0.0/24', gateway: '10.99.0.254' }],
        ['subnets', { name: 'storage', network: '10.98.0.0/24' }],
      ] as const)
        expect(await running.call('POST', `/api/v1/${nouns}`, body)).toMatchObject({ status: 201 });
    }

    it('README.md', async () => {
      const place = await open();
      expect((await runAll('README.md', place)).length).toBeGreaterThan(5);
    });

    it('docs/cli.md', async () => {
      const place = await open();
      await addRecords(place);
      const system = {
        name: 'csv001',
        profile: 'debian-13',
        mac: '52:54:00:99:00:01',
        ip: '10.99.0.99',
        subnet: 'lab',
      };
      const table = [Object.keys(system), Object.values(system)].map((row) => row.join(',')).join('\n');
      writeFileSync(join(place.cwd, 'machines.csv'), `${table}\n`);
      mkdirSync(join(place.cwd, 'records'));
      for (const line of [
        'provision export --dir records',
        'provision login https://10.99.0.1:8443 --token-file token --fingerprint sha256:4f3c…',
      ])
        expect(await place.shell(line)).toMatchObject({ code: 0 });
      expect((await runAll('docs/cli.md', place)).length).toBeGreaterThan(15);
    });

    it.skipIf(!hasCommand('jq') || !hasCommand('curl'))('docs/api.md', async () => {
      const place = await open();
      await addRecords(place);
      expect((await runAll('docs/api.md', place)).length).toBeGreaterThan(3);
      const exported = JSON.parse(readFileSync(join(place.cwd, 'site.json'), 'utf8')) as object;
      expect(exported).toHaveProperty('distros.0.name', 'debian-13');
    });
  },
);

it('every line that is not run stands in a document', () => {
  const lines = ['README.md', 'docs/cli.md', 'docs/api.md'].flatMap(docExamples).map(({ line }) => line);
  for (const line of [...NOT_RUN.keys(), ...EXIT_CODES.keys()]) expect(lines).toContain(line);
});
