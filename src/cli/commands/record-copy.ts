import type { DistroAdd, ProfileAdd, SubnetAdd } from '../../client/client.ts';
import { defineCommand } from '../command.ts';
import { named, requireFlags } from '../flags/flags.ts';
import { OPTION_FLAGS, optionChange, optionsAfter, UNSET_OPTION_FLAG } from '../flags/option-flags.ts';
import { applySettings, SETTINGS_FLAGS, settingsChange, UNSET_FLAG } from '../flags/settings-flags.ts';
import { checkInput } from '../records/check-input.ts';
import { checkName } from '../records/check-name.ts';
import { DISTRO_VIEW, PROFILE_VIEW, SUBNET_VIEW } from '../records/record-views.ts';
import { DISTRO_FLAGS, distroFields } from './distro-flags.ts';
import { PROFILE_FLAGS, profileFields } from './profile-flags.ts';
import { SUBNET_FLAGS, subnetFields } from './subnet-flags.ts';

function namesOf(names: readonly string[]): { from: string; name: string } {
  return { from: checkName(names[0] ?? ''), name: checkName(names[1] ?? '') };
}

export const distroCopy = defineCommand({
  noun: 'distro',
  verb: 'copy',
  summary: 'add a distro like another',
  operand: 'from to',
  flags: DISTRO_FLAGS,
  examples: ['provision distro copy debian-13 debian-13-mirror --tree http://mirror.example.net/debian'],
  parse: ({ names, flags }) => ({ ...namesOf(names), fields: distroFields(flags) }),
  run: async ({ from, name, fields }, { connect, out }) => {
    const { RECORD_KINDS } = await import('../records/record-kinds.ts');
    const { distros } = await connect();
    const input = { ...RECORD_KINDS.distro.toInput(await distros.get(from)), ...fields, name };
    await checkInput('distro', input);
    out.row(await distros.add(input as DistroAdd), DISTRO_VIEW.columns);
    out.say(`added distro ${name} like ${from}`);
    return undefined;
  },
});

export const profileCopy = defineCommand({
  noun: 'profile',
  verb: 'copy',
  summary: 'add a profile like another; secrets are not copied',
  operand: 'from to',
  flags: [...PROFILE_FLAGS, ...SETTINGS_FLAGS, UNSET_FLAG, ...OPTION_FLAGS, UNSET_OPTION_FLAG],
  examples: ['provision profile copy debian-13 debian-13-web --packages nginx,curl --handoff web'],
  parse: ({ names, flags }) => ({
    ...namesOf(names),
    fields: profileFields(flags),
    settings: settingsChange(flags, flags.texts('unset')),
    options: optionChange(flags, flags.texts('unset-option')),
  }),
  run: async ({ from, name, fields, settings, options }, { connect, out, deps }) => {
    const { RECORD_KINDS } = await import('../records/record-kinds.ts');
    const { profiles } = await connect();
    const source = await profiles.get(from);
    const input = {
      ...RECORD_KINDS.profile.toInput(source),
      ...fields,
      name,
      ...named({
        settings: settings && (await applySettings(settings, source.settings, deps)),
        dhcpOptions: options && optionsAfter(options, source.dhcpOptions),
      }),
    };
    await checkInput('profile', input);
    const copy = await profiles.add(input as ProfileAdd);
    out.row(copy, PROFILE_VIEW.columns);
    out.say(`added profile ${name} like ${from}`);
    if (source.secretsSet.length > 0 && copy.secretsSet.length === 0)
      out.say(`note: secrets are not copied: provision profile edit ${name} --root-password-hash-stdin`);
    return undefined;
  },
});

export const subnetCopy = defineCommand({
  noun: 'subnet',
  verb: 'copy',
  summary: 'add a subnet like another; its network, gateway and ranges are its own and have to be given',
  operand: 'from to',
  flags: [...SUBNET_FLAGS, ...OPTION_FLAGS, UNSET_OPTION_FLAG],
  examples: ['provision subnet copy lab lab2 --network 10.98.0.0/24 --gateway 10.98.0.1'],
  parse: ({ names, flags }) => {
    requireFlags(flags, ['network']);
    const options = optionChange(flags, flags.texts('unset-option'));
    return { ...namesOf(names), fields: subnetFields(flags), options };
  },
  run: async ({ from, name, fields, options }, { connect, out }) => {
    const { RECORD_KINDS } = await import('../records/record-kinds.ts');
    const { subnets } = await connect();
    const source = await subnets.get(from);
    const { gateway, ranges, exclusions: _exclusions, ...shared } = RECORD_KINDS.subnet.toInput(source);
    const input = {
      ...shared,
      ...fields,
      name,
      ...named({ dhcpOptions: options && optionsAfter(options, source.dhcpOptions) }),
    };
    await checkInput('subnet', input);
    const copy = await subnets.add(input as SubnetAdd);
    out.row(copy, SUBNET_VIEW.columns);
    out.say(`added subnet ${name} like ${from}`);
    if (gateway !== null && copy.gateway === null)
      out.say(`note: it has no gateway: provision subnet edit ${name} --gateway ADDRESS`);
    if (Array.isArray(ranges) && ranges.length > 0 && copy.ranges.length === 0)
      out.say(`note: it has no dynamic addresses: provision subnet edit ${name} --range FROM-TO`);
    return undefined;
  },
});
