import type { DistroEdit } from '../../client/client.ts';
import { defineCommand } from '../command.ts';
import { named, namesNothing, RENAME_FLAG } from '../flags/flags.ts';
import { checkInput } from '../records/check-input.ts';
import { checkName } from '../records/check-name.ts';
import { DISTRO_VIEW } from '../records/record-views.ts';
import { DISTRO_FLAGS, distroFields } from './distro-flags.ts';

export const distroEdit = defineCommand<{ readonly name: string; readonly edit: DistroEdit }>({
  noun: 'distro',
  verb: 'edit',
  summary: 'change the named fields of a distro, or all of it in an editor',
  operand: 'name',
  flags: [...DISTRO_FLAGS, RENAME_FLAG],
  examples: [
    'provision distro edit debian-13 --tree http://mirror.example.net/debian',
    'EDITOR=vim provision distro edit debian-13',
  ],
  parse: ({ name, flags }) => {
    const edit = { ...distroFields(flags), ...named({ name: flags.text('rename') }) };
    return { name: checkName(name), edit };
  },
  run: async ({ name, edit }, context) => {
    if (namesNothing(edit)) {
      const { editRecord } = await import('../records/edit-record.ts');
      await editRecord('distro', name, context);
      return undefined;
    }
    const { connect, out } = context;
    await checkInput('distro', edit);
    const distro = await (await connect()).distros.update(name, edit);
    out.row(distro, DISTRO_VIEW.columns);
    out.say(`changed distro ${distro.name}; the next packet is answered from it`);
    return undefined;
  },
});
