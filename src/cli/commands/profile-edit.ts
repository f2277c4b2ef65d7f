import type { ProfileEdit } from '../../client/client.ts';
import { defineCommand } from '../command.ts';
import { named, namesNothing, RENAME_FLAG } from '../flags/flags.ts';
import {
  OPTION_FLAGS,
  type OptionChange,
  optionChange,
  optionsAfter,
  UNSET_OPTION_FLAG,
} from '../flags/option-flags.ts';
import {
  applySettings,
  SETTINGS_FLAGS,
  type SettingsChange,
  settingsChange,
  UNSET_FLAG,
} from '../flags/settings-flags.ts';
import { checkInput } from '../records/check-input.ts';
import { checkName } from '../records/check-name.ts';
import { PROFILE_VIEW } from '../records/record-views.ts';
import { PROFILE_FLAGS, profileFields } from './profile-flags.ts';

interface Options {
  readonly name: string;
  readonly edit: Omit<ProfileEdit, 'settings'>;
  readonly settings: SettingsChange | undefined;
  readonly options: OptionChange | undefined;
}

export const profileEdit = defineCommand<Options>({
  noun: 'profile',
  verb: 'edit',
  summary: 'change the named fields of a profile, or all of it in an editor',
  operand: 'name',
  flags: [...PROFILE_FLAGS, ...SETTINGS_FLAGS, UNSET_FLAG, ...OPTION_FLAGS, UNSET_OPTION_FLAG, RENAME_FLAG],
  examples: [
    'provision profile edit debian-13 --set timezone=Europe/Berlin --var role=web',
    'provision profile edit debian-13 --unset disk',
    'EDITOR=vim provision profile edit debian-13',
  ],
  parse: ({ name, flags }) => {
    const edit = { ...profileFields(flags), ...named({ name: flags.text('rename') }) };
    const settings = settingsChange(flags, flags.texts('unset'));
    const options = optionChange(flags, flags.texts('unset-option'));
    return { name: checkName(name), edit, settings, options };
  },
  run: async ({ name, edit, settings, options }, context) => {
    if (namesNothing({ ...edit, ...named({ settings, options }) })) {
      const { editRecord } = await import('../records/edit-record.ts');
      await editRecord('profile', name, context);
      return undefined;
    }
    const { connect, out, deps } = context;
    await checkInput('profile', edit);
    const { profiles } = await connect();
    // Settings and options travel whole, so that one can be taken away: they are changed on a copy, and the revision
    // says which.
    const before = settings || options ? await profiles.get(name) : undefined;
    const changed = named({
      settings: settings && (await applySettings(settings, before?.settings ?? {}, deps)),
      dhcpOptions: options && optionsAfter(options, before?.dhcpOptions ?? []),
    });
    await checkInput('profile', changed);
    const profile = await profiles.update(name, { ...edit, ...changed }, before?.revision);
    out.row(profile, PROFILE_VIEW.columns);
    out.say(`changed profile ${profile.name}; machines that boot from now on get it`);
    return undefined;
  },
});
