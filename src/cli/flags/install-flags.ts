import type { BulkRequest } from '../../client/install-client.ts';
import type { CommandInput } from '../command.ts';
import { UsageError } from '../errors.ts';
import { checkName } from '../records/check-name.ts';
import { parseDurationMinutes } from './duration.ts';
import { type FlagSpec, type Flags, named } from './flags.ts';

/** Flags of installs of many machines: which, and how. */
export const BULK_FLAGS: readonly FlagSpec[] = [
  { flag: '--role <name>', help: 'every system that has this role', fields: ['role'] },
  { flag: '--profile <name>', help: 'every system of this profile', fields: ['profile'] },
  { flag: '--match <glob>', help: "every system whose name is like this: 'web*'", fields: ['match'] },
  { flag: '--attempts <n>', help: 'how often each may try; 1 unless given', fields: ['attempts'] },
  {
    flag: '--expires <duration>',
    help: 'how long the permission lasts once its turn has come: 30m, 4h, 2d; 4h unless given',
    fields: ['expiresInMinutes'],
  },
  {
    flag: '--allow-address-in-use',
    help: 'in spite of another machine that answers for the address',
    fields: ['allowAddressInUse'],
  },
  { flag: '--no-power', help: 'arm only: somebody else switches the machines on', fields: ['power'] },
  { flag: '--cycle', help: 'machines that are on are switched off first', fields: ['cycle'] },
  {
    flag: '--netboot-timeout <duration>',
    help: 'how long one may take, once on, until it asks the network: 5m; as configured unless given',
    fields: ['netbootTimeoutSeconds'],
  },
];

/** Which machines a command line means, and how they are to be installed. Throws UsageError. */
export function bulkRequestOf({ names, flags }: CommandInput): BulkRequest {
  const selection = named({
    systems: names.length === 0 ? undefined : names.map(checkName),
    role: flags.text('role'),
    profile: flags.text('profile'),
    match: flags.text('match'),
  });
  if (Object.keys(selection).length !== 1)
    throw new UsageError(
      Object.keys(selection).length === 0 ? 'no system is named' : 'systems are chosen in more than one way',
      'name systems, or give one of --role, --profile and --match',
    );
  return { ...selection, ...installHow(flags) };
}

/** How machines are to be installed, one or many. Throws UsageError. */
export function installHow(flags: Flags) {
  const netbootMinutes = minutesOf(flags, 'netboot-timeout');
  return named({
    attempts: flags.integer('attempts'),
    expiresInMinutes: minutesOf(flags, 'expires'),
    allowAddressInUse: flags.isOn('allow-address-in-use') || undefined,
    power: flags.isOn('no-power') ? false : undefined,
    cycle: flags.isOn('cycle') || undefined,
    netbootTimeoutSeconds: netbootMinutes === undefined ? undefined : netbootMinutes * 60,
  });
}

/** A duration such as `30m`, in minutes. Throws UsageError. */
function minutesOf(flags: Flags, flag: string): number | undefined {
  const text = flags.text(flag);
  if (text === undefined) return undefined;
  const minutes = parseDurationMinutes(text);
  if (minutes !== undefined) return minutes;
  throw new UsageError(`--${flag} '${text}' is not a duration`, 'write it like 30m, 4h or 2d');
}
