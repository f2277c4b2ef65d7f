import type { ProfileEdit } from '../../client/client.ts';
import { profilePatch } from '../../domain/profile.ts';
import { checkInput, checkName } from '../check-input.ts';
import { defineCommand } from '../command.ts';
import { named, RENAME_FLAG, requireChange } from '../flags.ts';
import { PROFILE_VIEW } from '../record-views.ts';
import {
  applySettings,
  SETTINGS_FLAGS,
  type SettingsChange,
  settingsChange,
  UNSET_FLAG,
} from '../settings-flags.ts';
import { PROFILE_FLAGS, profileFields } from './profile-flags.ts';

interface Options {
  readonly name: string;
  readonly edit: Omit<ProfileEdit, 'settings'>;
  readonly settings: SettingsChange | undefined;
}

export const profileEdit = defineCommand<Options>({
  noun: 'profile',
  verb: 'edit',
  summary: 'change the named fields of a profile',
  operand: 'name',
  flags: [...PROFILE_FLAGS, ...SETTINGS_FLAGS, UNSET_FLAG, RENAME_FLAG],
  examples: [
    'provision profile edit debian-13 --set timezone=Europe/Berlin --var role=web',
    'provision profile edit debian-13 --unset disk',
  ],
  parse: ({ name, flags }) => {
    const edit = { ...profileFields(flags), ...named({ name: flags.text('rename') }) };
    const settings = settingsChange(flags, flags.texts('unset'));
    requireChange({ ...edit, ...named({ settings }) });
    return { name: checkName(name), edit, settings };
  },
  run: async ({ name, edit, settings }, { connect, out, deps }) => {
    checkInput(profilePatch, edit);
    const { profiles } = await connect();
    // Settings travel whole, so that one can be taken away: they are changed on a copy, and the revision says which.
    const before = settings && (await profiles.get(name));
    const changed = settings && { settings: await applySettings(settings, before?.settings ?? {}, deps) };
    checkInput(profilePatch, changed ?? {});
    const profile = await profiles.update(name, { ...edit, ...changed }, before?.revision);
    out.row(profile, PROFILE_VIEW.columns);
    out.say(`changed profile ${profile.name}; machines that boot from now on get it`);
    return undefined;
  },
});
