import type { SystemEdit } from '../../client/client.ts';
import { BOOT_FLAGS, bootFields } from '../flags/boot-flags.ts';
import { type FlagSpec, type Flags, kernelArgsOf, named } from '../flags/flags.ts';
import { HANDOFF_FLAG, handoffOf } from '../flags/handoff-flag.ts';

/** Flags of a system's own fields, for add and edit; interfaces, settings and the BMC have their own. */
export const SYSTEM_FLAGS: readonly FlagSpec[] = [
  { flag: '--profile <name>', help: 'what is installed on it', fields: ['profile'] },
  { flag: '--hostname <name>', help: 'host name; its record name unless given', fields: ['hostname'] },
  {
    flag: '--role <name>',
    help: 'what it is for: web,db, or several times; takes the place of its roles; none: no role',
    repeat: true,
    fields: ['roles'],
  },
  { flag: '--kernel-args <args>', help: 'kernel args, separated by spaces', fields: ['kernelArgs'] },
  ...BOOT_FLAGS,
  HANDOFF_FLAG,
  { flag: '--comment <text>', help: 'words for people', fields: ['comment'] },
];

/** The fields that the flags name, without what has flags of its own. */
export function systemFields(flags: Flags): Omit<SystemEdit, 'name' | 'interfaces' | 'settings' | 'bmc'> {
  return named({
    profile: flags.text('profile'),
    hostname: flags.nullable('hostname'),
    roles: flags.list('role'),
    kernelArgs: kernelArgsOf(flags),
    ...bootFields(flags),
    handoff: handoffOf(flags),
    comment: flags.text('comment'),
  });
}
