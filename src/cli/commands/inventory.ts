import type { InventoryQuery } from '../../client/inventory-client.ts';
import type { AnsibleInventory } from '../../domain/records/ansible-inventory.ts';
import { defineCommand } from '../command.ts';
import { LocalError, UsageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { named } from '../flags/flags.ts';
import type { Column } from '../output/table.ts';
import { checkName } from '../records/check-name.ts';

interface Options {
  readonly query: InventoryQuery;
  readonly form: 'table' | 'list' | 'host';
  /** Of the form `host`. */
  readonly host: string;
}

interface Row {
  readonly name: string;
  readonly vars: Readonly<Record<string, unknown>>;
  readonly omitted: string | undefined;
}

const COLUMNS: readonly Column<Row>[] = [
  { header: 'SYSTEM', value: ({ name }) => name },
  { header: 'ADDRESS', value: ({ vars }) => text(vars['ansible_host']) },
  { header: 'STATE', value: ({ vars }) => text(recordOf(vars)['state']) },
  { header: 'PROFILE', value: ({ vars }) => text(recordOf(vars)['profile']) },
  { header: 'ROLES', value: ({ vars }) => [recordOf(vars)['roles'] ?? []].flat().join(',') },
  { header: 'LEFT OUT', value: ({ omitted }) => omitted ?? null },
];

/** `provision inventory --ansible` is an inventory script: Ansible calls it with `--list`, or `--host NAME`. */
export const inventory = defineCommand<Options>({
  noun: 'inventory',
  verb: null,
  summary: 'the machines for configuration management, as Ansible reads them or as a table',
  operand: null,
  flags: [
    { flag: '--ansible', help: 'the JSON of an Ansible inventory script' },
    { flag: '--list', help: 'the same, as Ansible asks for it' },
    { flag: '--host <name>', help: 'only the variables of this host, as Ansible asks for them' },
    { flag: '--state <state>', help: 'only machines in this state of an install, or none', repeat: true },
    { flag: '--role <name>', help: 'only machines with this role', repeat: true },
  ],
  examples: [
    'provision inventory --state ready --role web',
    'provision inventory --ansible --list',
    'provision inventory --ansible --host web001',
  ],
  parse: ({ flags }) => {
    const host = flags.text('host');
    if (host !== undefined && flags.isOn('list')) throw new UsageError('give --list or --host, not both');
    const query = named({ state: flags.list('state'), role: flags.list('role') });
    if (host !== undefined)
      return { form: 'host', host: checkName(host), query: { ...query, system: [host] } };
    const isForAnsible = flags.isOn('ansible') || flags.isOn('list');
    return { form: isForAnsible ? 'list' : 'table', host: '', query };
  },
  run: async ({ form, host, query }, { connect, out }) => {
    const answer = await (await connect()).inventory.ansible(query);
    if (form === 'list') out.document(answer);
    else if (form === 'host') out.document(varsOf(answer, host));
    else {
      const rows = rowsOf(answer);
      out.list(answer, rows, COLUMNS, 'no machine is meant');
      if (rows.length === 0) return EXIT.notFound;
    }
    return undefined;
  },
});

function varsOf({ _meta: { hostvars, omitted } }: AnsibleInventory, host: string): object {
  const vars = hostvars[host];
  if (vars !== undefined) return vars;
  throw new LocalError(`${host} is not in the inventory: ${omitted[host] ?? 'no such machine is meant'}`);
}

function rowsOf({ _meta: { hostvars, omitted } }: AnsibleInventory): Row[] {
  const rows = [
    ...Object.entries(hostvars).map(([name, vars]) => ({ name, vars, omitted: undefined })),
    ...Object.entries(omitted).map(([name, why]) => ({ name, vars: {}, omitted: why })),
  ];
  return rows.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function recordOf(vars: Row['vars']): Readonly<Record<string, unknown>> {
  const { provision } = vars;
  return typeof provision === 'object' && provision !== null ? { ...provision } : {};
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
