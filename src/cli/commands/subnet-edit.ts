import type { SubnetEdit } from '../../client/client.ts';
import { subnetPatch } from '../../domain/subnet.ts';
import { checkInput, checkName } from '../check-input.ts';
import { defineCommand } from '../command.ts';
import { named, RENAME_FLAG, requireChange } from '../flags.ts';
import { SUBNET_VIEW } from '../record-views.ts';
import { SUBNET_FLAGS, subnetFields } from './subnet-flags.ts';

export const subnetEdit = defineCommand<{ readonly name: string; readonly edit: SubnetEdit }>({
  noun: 'subnet',
  verb: 'edit',
  summary: 'change the named fields of a subnet',
  operand: 'name',
  flags: [...SUBNET_FLAGS, RENAME_FLAG],
  examples: ['provision subnet edit lab --dhcp authoritative', 'provision subnet edit lab --range none'],
  parse: ({ name, flags }) => {
    const edit = { ...subnetFields(flags), ...named({ name: flags.text('rename') }) };
    requireChange(edit);
    return { name: checkName(name), edit };
  },
  run: async ({ name, edit }, { connect, out }) => {
    checkInput(subnetPatch, edit);
    const subnet = await (await connect()).subnets.update(name, edit);
    out.row(subnet, SUBNET_VIEW.columns);
    out.say(`changed subnet ${subnet.name}; the next packet is answered from it`);
    return undefined;
  },
});
