import type { ProfileAdd } from '../../client/client.ts';
import { defineCommand } from '../command.ts';
import { type AddsTable, csvFlag, tableOf } from '../flags/csv-flag.ts';
import { named, requireFlags } from '../flags/flags.ts';
import { OPTION_FLAGS, optionChange, optionsAfter } from '../flags/option-flags.ts';
import {
  applySettings,
  SETTINGS_FLAGS,
  type SettingsChange,
  settingsChange,
} from '../flags/settings-flags.ts';
import { checkInput } from '../records/check-input.ts';
import { PROFILE_VIEW } from '../records/record-views.ts';
import { PROFILE_FLAGS, profileFields } from './profile-flags.ts';

interface Options {
  readonly input: Omit<ProfileAdd, 'settings'>;
  readonly settings: SettingsChange | undefined;
}

export const profileAdd = defineCommand<Options | AddsTable>({
  noun: 'profile',
  verb: 'add',
  summary: 'add a profile; what is not given comes from the shipped profile of that name',
  operand: 'name?',
  flags: [
    ...PROFILE_FLAGS,
    { flag: '--from <shipped>', help: 'take missing values from this shipped profile', fields: ['from'] },
    ...SETTINGS_FLAGS,
    ...OPTION_FLAGS,
    csvFlag('profile'),
  ],
  examples: [
    'provision profile add debian-13 --distro debian-13 --disk /dev/vda --ssh-key ~/.ssh/id_ed25519.pub',
    'openssl passwd -6 | provision profile add web --from debian-13 --distro debian-13 --root-password-hash-stdin',
  ],
  parse: ({ name, flags }) => {
    const table = tableOf(name, flags);
    if (table !== undefined) return table;
    requireFlags(flags, ['distro']);
    const options = optionChange(flags);
    const own = named({ from: flags.text('from'), dhcpOptions: options && optionsAfter(options, []) });
    const input = { name, ...profileFields(flags), ...own };
    return { input, settings: settingsChange(flags) };
  },
  run: async (options, context) => {
    if ('csv' in options) {
      const { addTable } = await import('../records/add-table.ts');
      return addTable('profile', options.csv, context);
    }
    const { connect, out, deps } = context;
    const { input, settings } = options;
    const { from, ...fields } = input;
    const given = settings && { settings: await applySettings(settings, {}, deps) };
    await checkInput('profile', { ...fields, ...given });
    const profile = await (await connect()).profiles.add({ ...input, ...given });
    out.row(profile, PROFILE_VIEW.columns);
    out.say(`added profile ${profile.name}${from === undefined ? '' : ` from ${from}`}`);
    out.say(`next: provision system add NAME --profile ${profile.name} --mac ADDRESS --ip auto`);
    return undefined;
  },
});
