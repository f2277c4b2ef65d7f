import type { SubnetAdd } from '../../client/client.ts';
import { defineCommand } from '../command.ts';
import { type AddsTable, csvFlag, tableOf } from '../flags/csv-flag.ts';
import { named, requireFlags } from '../flags/flags.ts';
import { OPTION_FLAGS, optionChange, optionsAfter } from '../flags/option-flags.ts';
import { checkInput } from '../records/check-input.ts';
import { SUBNET_VIEW } from '../records/record-views.ts';
import { SUBNET_FLAGS, subnetFields } from './subnet-flags.ts';

export const subnetAdd = defineCommand<SubnetAdd | AddsTable>({
  noun: 'subnet',
  verb: 'add',
  summary: 'add a subnet; its machines are answered once --dhcp says how',
  operand: 'name?',
  flags: [...SUBNET_FLAGS, ...OPTION_FLAGS, csvFlag('subnet')],
  examples: [
    'provision subnet add lab --network 10.99.0.0/24 --gateway 10.99.0.1 --dns 10.99.0.1 --range 10.99.0.100-10.99.0.199 --dhcp authoritative',
    'provision subnet add --csv subnets.csv',
  ],
  parse: ({ name, flags }) => {
    const table = tableOf(name, flags);
    if (table !== undefined) return table;
    requireFlags(flags, ['network']);
    const { network = '', ...rest } = subnetFields(flags);
    const change = optionChange(flags);
    return { name, network, ...rest, ...named({ dhcpOptions: change && optionsAfter(change, []) }) };
  },
  run: async (input, context) => {
    if ('csv' in input) {
      const { addTable } = await import('../records/add-table.ts');
      return addTable('subnet', input.csv, context);
    }
    const { connect, out } = context;
    await checkInput('subnet', input);
    const subnet = await (await connect()).subnets.add(input);
    out.row(subnet, SUBNET_VIEW.columns);
    out.say(`added subnet ${subnet.name}`);
    if (subnet.dhcp === 'off') {
      out.say(
        `its machines are not answered yet; next: provision subnet edit ${subnet.name} --dhcp authoritative`,
      );
    }
    return undefined;
  },
});
