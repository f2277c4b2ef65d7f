import type { ProfileEdit } from '../../client/client.ts';
import { BOOT_FLAGS, bootFields } from '../flags/boot-flags.ts';
import { type FlagSpec, type Flags, kernelArgsOf, named } from '../flags/flags.ts';
import { HANDOFF_FLAG, handoffOf } from '../flags/handoff-flag.ts';

/** Flags of a profile's own fields, for add and edit; settings have their own. */
export const PROFILE_FLAGS: readonly FlagSpec[] = [
  { flag: '--distro <name>', help: 'the distro that it installs', fields: ['distro'] },
  {
    flag: '--install <how>',
    help: 'installer: by the distro with an answer file; image: by writing a disk image',
    fields: ['install'],
  },
  { flag: '--image <file>', help: 'disk image, a path on the server, or none', fields: ['image'] },
  { flag: '--answer-file <file>', help: 'name of a file in kickstarts/', fields: ['answerFile'] },
  { flag: '--answer-kind <kind>', help: 'preseed, kickstart or deploy-script', fields: ['answerKind'] },
  { flag: '--kernel-args <args>', help: 'kernel args, separated by spaces', fields: ['kernelArgs'] },
  ...BOOT_FLAGS,
  HANDOFF_FLAG,
];

/** The fields that the flags name, without settings. */
export function profileFields(flags: Flags): Omit<ProfileEdit, 'name' | 'settings'> {
  return named({
    distro: flags.text('distro'),
    install: flags.oneOf('install', ['installer', 'image']),
    image: flags.nullable('image'),
    answerFile: flags.text('answer-file'),
    answerKind: flags.oneOf('answer-kind', ['preseed', 'kickstart', 'deploy-script']),
    kernelArgs: kernelArgsOf(flags),
    ...bootFields(flags),
    handoff: handoffOf(flags),
  });
}
