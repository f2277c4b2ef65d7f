import type { DistroAdd } from '../../client/client.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { type AddsTable, csvFlag, tableOf } from '../flags/csv-flag.ts';
import { requireFlags } from '../flags/flags.ts';
import { checkInput } from '../records/check-input.ts';
import { DISTRO_VIEW } from '../records/record-views.ts';
import { DISTRO_FLAGS, distroFields } from './distro-flags.ts';

const FAMILY_OF: ReadonlyMap<string, DistroAdd['family']> = new Map([
  ['debian', 'debian'],
  ['ubuntu', 'debian'],
  ['rocky', 'redhat'],
  ['almalinux', 'redhat'],
  ['centos', 'redhat'],
  ['fedora', 'redhat'],
  ['rhel', 'redhat'],
]);

/** Family and version as names usually tell them: `debian-13`, `rocky-9.4-custom`. */
function readName(name: string): { family?: DistroAdd['family']; version?: string } {
  const [, word = '', version] = /^([a-z]+)-?([0-9]+(?:\.[0-9]+)*)/.exec(name) ?? [];
  const family = FAMILY_OF.get(word);
  return family === undefined || version === undefined ? {} : { family, version };
}

export const distroAdd = defineCommand<DistroAdd | AddsTable>({
  noun: 'distro',
  verb: 'add',
  summary: 'add a distro; family and version are read from a name like debian-13 unless given',
  operand: 'name?',
  flags: [...DISTRO_FLAGS, csvFlag('distro')],
  examples: [
    'provision distro add --csv distros.csv',
    'provision distro add debian-13 --kernel /srv/debian-13/linux --initrd /srv/debian-13/initrd.gz --tree http://mirror.example/debian',
  ],
  parse: ({ name, flags }) => {
    const table = tableOf(name, flags);
    if (table !== undefined) return table;
    requireFlags(flags, ['kernel', 'initrd']);
    const { family, version, ...rest } = { ...readName(name), ...distroFields(flags) };
    if (family === undefined || version === undefined) {
      throw new UsageError(`family and version cannot be read from '${name}'`, 'give --family and --version');
    }
    const { kernel = '', initrd = '' } = rest;
    return { ...rest, name, family, version, kernel, initrd };
  },
  run: async (input, context) => {
    if ('csv' in input) {
      const { addTable } = await import('../records/add-table.ts');
      return addTable('distro', input.csv, context);
    }
    const { connect, out } = context;
    await checkInput('distro', input);
    const distro = await (await connect()).distros.add(input);
    out.row(distro, DISTRO_VIEW.columns);
    out.say(`added distro ${distro.name}`);
    out.say(`next: provision profile add ${distro.name} --distro ${distro.name}`);
    return undefined;
  },
});
