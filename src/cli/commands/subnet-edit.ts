import type { SubnetEdit } from '../../client/client.ts';
import { defineCommand } from '../command.ts';
import { named, namesNothing, RENAME_FLAG } from '../flags/flags.ts';
import {
  OPTION_FLAGS,
  type OptionChange,
  optionChange,
  optionsAfter,
  UNSET_OPTION_FLAG,
} from '../flags/option-flags.ts';
import { checkInput } from '../records/check-input.ts';
import { checkName } from '../records/check-name.ts';
import { SUBNET_VIEW } from '../records/record-views.ts';
import { SUBNET_FLAGS, subnetFields } from './subnet-flags.ts';

interface Options {
  readonly name: string;
  readonly edit: SubnetEdit;
  readonly options: OptionChange | undefined;
}

export const subnetEdit = defineCommand<Options>({
  noun: 'subnet',
  verb: 'edit',
  summary: 'change the named fields of a subnet, or all of it in an editor',
  operand: 'name',
  flags: [...SUBNET_FLAGS, ...OPTION_FLAGS, UNSET_OPTION_FLAG, RENAME_FLAG],
  examples: [
    'provision subnet edit lab --dhcp authoritative',
    'provision subnet edit lab --range none',
    'provision subnet edit lab --exclude 10.99.0.150 --option 150=ips:10.99.0.5 --unset-option 66',
    'EDITOR=vim provision subnet edit lab',
  ],
  parse: ({ name, flags }) => {
    const edit = { ...subnetFields(flags), ...named({ name: flags.text('rename') }) };
    const options = optionChange(flags, flags.texts('unset-option'));
    return { name: checkName(name), edit, options };
  },
  run: async ({ name, edit, options }, context) => {
    if (namesNothing({ ...edit, ...named({ options }) })) {
      const { editRecord } = await import('../records/edit-record.ts');
      await editRecord('subnet', name, context);
      return undefined;
    }
    const { connect, out } = context;
    await checkInput('subnet', edit);
    const { subnets } = await connect();
    // The list travels whole: it is changed on a copy, and the revision says on which one.
    const before = options && (await subnets.get(name));
    const changed = options && { dhcpOptions: optionsAfter(options, before?.dhcpOptions ?? []) };
    await checkInput('subnet', changed ?? {});
    const subnet = await subnets.update(name, { ...edit, ...changed }, before?.revision);
    out.row(subnet, SUBNET_VIEW.columns);
    out.say(`changed subnet ${subnet.name}; the next packet is answered from it`);
    return undefined;
  },
});
