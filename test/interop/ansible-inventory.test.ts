import { execFile, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROVISION_COMMAND } from '../support/build.ts';
import { hasCommand } from '../support/has-command.ts';
import { type ProvisiondProcess, startProvisiond } from '../support/provisiond-process.ts';
import { macOf } from '../support/store-records.ts';

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL('../../deploy/ansible/provision-inventory', import.meta.url));
const LIMIT_MS = 60_000;

describe.skipIf(!hasCommand('ansible-inventory'))('Ansible, by the shipped inventory script', () => {
  let dataDir: string;
  let service: ProvisiondProcess;
  /** Runs a program of Ansible with the script as its inventory. */
  const ansible = async (program: string, args: readonly string[], more: Record<string, string> = {}) => {
    const env = {
      ...process.env,
      HOME: dataDir,
      ANSIBLE_LOCALHOST_WARNING: 'false',
      PROVISION_COMMAND: join(dataDir, 'provision'),
      PROVISION_SERVER: `unix:${join(dataDir, 'provision.sock')}`,
      ...more,
    };
    const { stdout, stderr } = await run(program, ['-i', SCRIPT, ...args], { env });
    return { stdout, stderr };
  };

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'ansible-inventory-'));
    // The unix socket is what is asked; an address of its own keeps the other listeners out of everybody's way.
    service = await startProvisiond(dataDir, (args, env) => spawn(process.execPath, args, { env }), {
      boot: { listen: '127.0.77.1', port: 8081 },
      tftp: { listen: '127.0.77.1', port: 6969 },
      syslog: { enabled: false },
      http: { listen: '127.0.77.1:8080' },
    });
    const command = join(dataDir, 'provision');
    writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${PROVISION_COMMAND}' "$@"\n`);
    chmodSync(command, 0o755);
    mkdirSync(join(dataDir, 'distros'), { recursive: true });
    const file = join(dataDir, 'distros', 'linux');
    writeFileSync(file, 'a kernel');
    const motd = "{{ lookup('pipe', 'echo it ran') }}";
    for (const [nouns, body] of [
      ['distros', { name: 'debian-13', family: 'debian', version: '13', kernel: file, initrd: file }],
      ['profiles', { name: 'debian-13', distro: 'debian-13' }],
      ['subnets', { name: 'lab', network: '10.99.0.0/24', domain: 'lab.example' }],
      [
        'systems',
        {
          name: 'web001',
          profile: 'debian-13',
          roles: ['web'],
          interfaces: [{ mac: macOf(1), ip: '10.99.0.11' }],
          settings: { vars: { motd, ansible_connection: 'local' } },
        },
      ],
      ['systems', { name: 'dyn', profile: 'debian-13', interfaces: [{ mac: macOf(2) }] }],
    ] as const)
      expect(await service.call('POST', `/api/v1/${nouns}`, body)).toMatchObject({ status: 201 });
  }, LIMIT_MS);
  afterAll(async () => {
    expect(await service?.stop()).toBe(0);
    rmSync(dataDir, { recursive: true, force: true });
  });

  it(
    'reads the groups without a warning, also those of the shipped group_vars',
    async () => {
      const { stdout, stderr } = await ansible('ansible-inventory', ['--list']);
      const { _meta, all, ...groups } = JSON.parse(stdout);
      expect(stderr).toBe('');
      expect(groups).toEqual({
        profile_debian_13: { hosts: ['web001'] },
        state_none: { hosts: ['web001'] },
        subnet_lab: { hosts: ['web001'] },
        web: { hosts: ['web001'] },
      });
      expect(all.children).toEqual(expect.arrayContaining(Object.keys(groups)));
      expect(_meta.hostvars['web001']).toMatchObject({
        ansible_host: '10.99.0.11',
        ansible_user: 'root',
        http_port: 80,
        provision: { fqdn: 'web001.lab.example', profile: 'debian-13' },
      });
      expect(_meta.hostvars['web001']).not.toHaveProperty('ansible_connection');
    },
    LIMIT_MS,
  );

  it(
    'never evaluates text of a record',
    async () => {
      const args = ['web', '-m', 'ansible.builtin.debug', '-a', 'var=motd'];
      const { stdout } = await ansible('ansible', args);
      expect(stdout).toContain(`"motd": "{{ lookup('pipe', 'echo it ran') }}"`);
    },
    LIMIT_MS,
  );

  it(
    'gets what the environment asks for, and the variables of one host',
    async () => {
      const graph = await ansible('ansible-inventory', ['--graph'], { PROVISION_STATES: 'ready,failed' });
      expect(graph.stdout).not.toContain('web001');
      const web = await ansible('ansible-inventory', ['--graph', 'web'], { PROVISION_ROLES: 'web' });
      expect(web.stdout).toBe('@web:\n  |--web001\n');
      const host = await run(SCRIPT, ['--host', 'web001'], {
        env: {
          ...process.env,
          PROVISION_COMMAND: join(dataDir, 'provision'),
          PROVISION_SERVER: `unix:${join(dataDir, 'provision.sock')}`,
        },
      });
      expect(JSON.parse(host.stdout)).toMatchObject({ ansible_host: '10.99.0.11' });
    },
    LIMIT_MS,
  );

  it('tells the words of the command where the server is not there', async () => {
    await expect(
      ansible('ansible-inventory', ['--list'], { PROVISION_SERVER: 'unix:/nonexistent.sock' }),
    ).resolves.toMatchObject({ stderr: expect.stringContaining('/nonexistent.sock') });
  });
});
