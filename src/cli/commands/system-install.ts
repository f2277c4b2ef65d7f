import type { InstallAdd } from '../../client/client.ts';
import { installInput } from '../../domain/install.ts';
import { checkInput, checkName } from '../check-input.ts';
import { defineCommand } from '../command.ts';
import { formatDistance, formatTime, parseDurationMinutes } from '../duration.ts';
import { UsageError } from '../errors.ts';
import { type Flags, named } from '../flags.ts';
import { INSTALL_COLUMNS } from '../record-views.ts';

export const systemInstall = defineCommand<{ readonly name: string; readonly input: InstallAdd }>({
  noun: 'system',
  verb: 'install',
  summary: 'arm an install: the next network boot of the machine installs it',
  operand: 'name',
  flags: [
    { flag: '--attempts <n>', help: 'how often it may try; 1 unless given', fields: ['attempts'] },
    {
      flag: '--expires <duration>',
      help: 'how long the permission lasts: 30m, 4h, 2d; 4h unless given',
      fields: ['expiresInMinutes'],
    },
    {
      flag: '--allow-address-in-use',
      help: 'arm although another machine answers for its address',
      fields: ['allowAddressInUse'],
    },
  ],
  examples: ['provision system install web001', 'provision system install web001 --attempts 2 --expires 30m'],
  parse: ({ name, flags }) => ({
    name: checkName(name),
    input: named({
      attempts: flags.integer('attempts'),
      expiresInMinutes: expiryOf(flags),
      allowAddressInUse: flags.isOn('allow-address-in-use') || undefined,
    }),
  }),
  run: async ({ name, input }, { connect, out, deps }) => {
    checkInput(installInput, input);
    const install = await (await connect()).systems.install(name, input);
    out.row(install, INSTALL_COLUMNS);
    const tries = install.attempts === 1 ? 'one attempt' : `${install.attempts} attempts`;
    out.say(
      `armed ${tries} for ${name}; it expires ${formatDistance(install.expiresAt, deps.now())} (${formatTime(install.expiresAt)})`,
    );
    out.say(
      'next: boot the machine from the network; its disk is overwritten, and then it boots from its disk',
    );
    out.say(`watch it with: provision system timeline ${name} --follow`);
    return undefined;
  },
});

function expiryOf(flags: Flags): number | undefined {
  const text = flags.text('expires');
  if (text === undefined) return undefined;
  const minutes = parseDurationMinutes(text);
  if (minutes !== undefined) return minutes;
  throw new UsageError(`--expires '${text}' is not a duration`, 'write it like 30m, 4h or 2d');
}
