import type { DistroEdit } from '../../client/client.ts';
import { distroPatch } from '../../domain/distro.ts';
import { checkInput, checkName } from '../check-input.ts';
import { defineCommand } from '../command.ts';
import { named, RENAME_FLAG, requireChange } from '../flags.ts';
import { DISTRO_VIEW } from '../record-views.ts';
import { DISTRO_FLAGS, distroFields } from './distro-flags.ts';

export const distroEdit = defineCommand<{ readonly name: string; readonly edit: DistroEdit }>({
  noun: 'distro',
  verb: 'edit',
  summary: 'change the named fields of a distro',
  operand: 'name',
  flags: [...DISTRO_FLAGS, RENAME_FLAG],
  examples: ['provision distro edit debian-13 --tree http://mirror.example.net/debian'],
  parse: ({ name, flags }) => {
    const edit = { ...distroFields(flags), ...named({ name: flags.text('rename') }) };
    requireChange(edit);
    return { name: checkName(name), edit };
  },
  run: async ({ name, edit }, { connect, out }) => {
    checkInput(distroPatch, edit);
    const distro = await (await connect()).distros.update(name, edit);
    out.row(distro, DISTRO_VIEW.columns);
    out.say(`changed distro ${distro.name}; the next packet is answered from it`);
    return undefined;
  },
});
