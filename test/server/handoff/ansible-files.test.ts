import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { type AnsibleOrder, prepareAnsible } from '../../../server/handoff/ansible-files.ts';
import { removeRunFolders, withRunFolder } from '../../../server/handoff/run-folder.ts';
import { type DefinitionOf, handoffDefinition } from '../../../src/domain/handoff/handoff-definition.ts';

const parent = mkdtempSync(join(tmpdir(), 'ansible-files-'));
afterAll(() => rmSync(parent, { recursive: true }));

const definition = handoffDefinition.parse({
  driver: 'ansible',
  playbook: '/srv/site.yml',
  privateKeyFile: '/srv/key',
  user: 'admin',
  become: true,
  extraVars: { ansible_ssh_args: '-o StrictHostKeyChecking=no', word: 'hello' },
}) as DefinitionOf<'ansible'>;
const order: AnsibleOrder = {
  definition,
  handoff: { id: 7, definition: 'base', install: 3 } as never,
  target: { system: 'web001', address: '10.0.0.1', port: 2222, hostKeys: ['ssh-ed25519 AAAA'] },
  phase: 'checking',
  log: () => {},
};
const facts = { groups: ['web'], vars: { ansible_host: '10.9.9.9', provision: { name: 'web001' } } };

it('gives Ansible an inventory, variables and keys of this run alone', async () => {
  await withRunFolder(parent, '7', async (folder) => {
    const { args, env } = await prepareAnsible(order, facts, folder);
    const read = (name: string) => readFileSync(join(folder.path, name), 'utf8');
    expect(statSync(folder.path).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder.path, 'vars.json')).mode & 0o777).toBe(0o600);
    expect(args).toEqual([
      ...['--inventory', join(folder.path, 'inventory.json'), '--extra-vars', `@${folder.path}/vars.json`],
      ...['--become', '--check', '--diff', '--', '/srv/site.yml'],
    ]);
    expect(JSON.parse(read('inventory.json'))).toMatchObject({
      all: {
        hosts: { web001: { ansible_host: '10.0.0.1', ansible_port: 2222, ansible_user: 'admin' } },
        children: { web: { hosts: { web001: {} } } },
      },
    });
    expect(read('known_hosts')).toBe('[10.0.0.1]:2222 ssh-ed25519 AAAA\n');
    expect(env['HOME']).toBe(join(folder.path, 'home'));
    expect(
      Object.keys(env).filter((name) => !/^(PATH|LANG|HOME|PYTHONUNBUFFERED|ANSIBLE_.*)$/.test(name)),
    ).toEqual([]);
  });
  expect(readdirSync(parent)).toEqual([]);
});

it('lets nothing turn the check of host keys off, the definition as little as a playbook', async () => {
  await withRunFolder(parent, '8', async (folder) => {
    const { env } = await prepareAnsible(order, facts, folder);
    const vars = JSON.parse(readFileSync(join(folder.path, 'vars.json'), 'utf8'));
    expect(vars).toMatchObject({
      word: 'hello',
      ansible_host_key_checking: true,
      ansible_ssh_args: env['ANSIBLE_SSH_ARGS'],
    });
    expect(vars.ansible_ssh_args).toMatch(/^-F none -o StrictHostKeyChecking=yes /);
    expect(vars.ansible_ssh_args).toContain(`UserKnownHostsFile=${folder.path}/known_hosts`);
  });
});

it('removes what a service that was killed has left', async () => {
  await withRunFolder(parent, '9', async () => {
    await removeRunFolders(parent);
    expect(readdirSync(parent)).toEqual([]);
  });
});
