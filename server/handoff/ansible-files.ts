import { join } from 'node:path';
import type { DefinitionOf } from '../../src/domain/handoff/handoff-definition.ts';
import type { HandoffOrder } from '../../src/services/handoff/driver.ts';
import type { InventoryFacts } from '../../src/services/handoff/inventory-facts.ts';
import type { RunFolder } from './run-folder.ts';
import { CLEAN_ENVIRONMENT, sshOptions, writeKnownHosts } from './ssh-options.ts';

type Definition = DefinitionOf<'ansible'>;
export type AnsibleOrder = HandoffOrder<Definition>;

/** Arguments and environment of ansible-playbook, and the files that they name. */
export interface AnsibleCall {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Writes inventory, variables and known_hosts of one run. */
export async function prepareAnsible(
  order: AnsibleOrder,
  facts: InventoryFacts,
  folder: RunFolder,
): Promise<AnsibleCall> {
  const { definition, phase } = order;
  const ssh = sshArguments(await writeKnownHosts(folder, order.target), folder);
  const inventory = await folder.write('inventory.json', JSON.stringify(inventoryOf(order, facts)));
  const vars = await folder.write('vars.json', JSON.stringify(extraVarsOf(order, ssh)));
  const config = definition.ansibleConfig ?? (await folder.write('ansible.cfg', '[defaults]\n'));
  return {
    args: [
      '--inventory',
      inventory,
      '--extra-vars',
      `@${vars}`,
      ...(definition.become ? ['--become'] : []),
      ...(phase === 'checking' ? ['--check', '--diff'] : []),
      '--',
      definition.playbook,
    ],
    env: environmentOf(definition, { ssh, config, folder }),
  };
}

/** In the form of a file: https://docs.ansible.com/ansible/latest/inventory_guide/intro_inventory.html */
function inventoryOf({ definition, target }: AnsibleOrder, { groups, vars }: InventoryFacts): object {
  const connection = {
    ansible_host: target.address,
    ansible_port: target.port,
    ansible_user: definition.user,
    ansible_ssh_private_key_file: definition.privateKeyFile,
  };
  const member = { hosts: { [target.system]: {} } };
  return {
    all: {
      hosts: { [target.system]: { ...vars, ...connection } },
      children: Object.fromEntries(groups.map((group) => [group, member])),
    },
  };
}

/** They win over everything that a playbook or its group_vars say: nobody there turns the check of host keys off. */
function extraVarsOf({ definition, handoff, phase }: AnsibleOrder, ssh: string): object {
  return {
    ...definition.extraVars,
    provision_handoff: {
      id: handoff.id,
      name: handoff.definition,
      install: handoff.install,
      check: phase === 'checking',
    },
    ansible_ssh_args: ssh,
    ansible_host_key_checking: true,
    ansible_ssh_host_key_checking: true,
  };
}

/** Longest path of a socket (unix(7)), less what ssh and Ansible add to the folder's name. */
const LONGEST_CONTROL_FOLDER = 107 - 30;

/** One connection for all tasks, where its socket's path is short enough; it is ended with the run. */
function sshArguments(knownHosts: string, folder: RunFolder): string {
  const isShort = join(folder.path, 'cp').length <= LONGEST_CONTROL_FOLDER;
  const shared = isShort
    ? ['-o', 'ControlMaster=auto', '-o', 'ControlPersist=60s']
    : ['-o', 'ControlMaster=no'];
  return [...sshOptions(knownHosts), ...shared]
    .map((part) => (/\s/.test(part) ? `"${part}"` : part))
    .join(' ');
}

function environmentOf(
  { vaultPasswordFile }: Definition,
  { ssh, config, folder }: { ssh: string; config: string; folder: RunFolder },
): Record<string, string> {
  return {
    ...CLEAN_ENVIRONMENT,
    HOME: join(folder.path, 'home'),
    PYTHONUNBUFFERED: '1',
    ANSIBLE_CONFIG: config,
    ANSIBLE_HOST_KEY_CHECKING: 'True',
    ANSIBLE_SSH_ARGS: ssh,
    ANSIBLE_SSH_CONTROL_PATH_DIR: join(folder.path, 'cp'),
    ANSIBLE_LOCAL_TEMP: join(folder.path, 'tmp'),
    ANSIBLE_RETRY_FILES_ENABLED: 'False',
    // What read-ansible.ts reads, whatever a configuration prefers.
    ANSIBLE_STDOUT_CALLBACK: 'default',
    ANSIBLE_CALLBACK_RESULT_FORMAT: 'json',
    ANSIBLE_CHECK_MODE_MARKERS: 'False',
    ANSIBLE_NOCOLOR: '1',
    ...(vaultPasswordFile === null ? {} : { ANSIBLE_VAULT_PASSWORD_FILE: vaultPasswordFile }),
  };
}
