import type { InstallAdd } from '../../client/client.ts';
import { type Install, installInput } from '../../domain/install.ts';
import { checkInput, checkName } from '../check-input.ts';
import { defineCommand } from '../command.ts';
import { confirmWipe } from '../confirm-wipe.ts';
import { formatDistance, formatTime } from '../duration.ts';
import { named } from '../flags.ts';
import { installHow } from '../install-flags.ts';
import { INSTALL_COLUMNS } from '../record-views.ts';

export const systemInstall = defineCommand<{ readonly name: string; readonly input: InstallAdd }>({
  noun: 'system',
  verb: 'install',
  summary: 'install a machine: arm it, and have its BMC switch it on from the network',
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
    { flag: '--no-power', help: 'arm only: somebody else switches the machine on', fields: ['power'] },
    { flag: '--cycle', help: 'a machine that is on is switched off first', fields: ['cycle'] },
    {
      flag: '--yes-wipe <name>',
      help: 'the name of a machine that is in service: its disk may be overwritten',
      fields: ['yesWipe'],
    },
    {
      flag: '--netboot-timeout <duration>',
      help: 'how long it may take, once on, until it asks the network: 5m; as configured unless given',
      fields: ['netbootTimeoutSeconds'],
    },
  ],
  examples: [
    'provision system install web001',
    'provision system install web001 --cycle',
    'provision system install web001 --cycle --yes-wipe web001',
    'provision system install web001 --no-power --attempts 2 --expires 30m',
  ],
  parse: ({ name, flags }) => ({
    name: checkName(name),
    input: { ...installHow(flags), ...named({ yesWipe: flags.text('yes-wipe') }) },
  }),
  run: async ({ name, input }, { connect, out, deps }) => {
    checkInput(installInput, input);
    const { systems } = await connect();
    const yesWipe = input.yesWipe ?? (await confirmWipe(name, systems, deps));
    const install = await systems.install(name, { ...input, ...named({ yesWipe }) });
    out.row(install, INSTALL_COLUMNS);
    if (install.state === 'queued') {
      out.say(
        `place ${install.position} in the queue: it begins when its turn comes (provision install queue)`,
      );
      return undefined;
    }
    const tries = install.attempts === 1 ? 'one attempt' : `${install.attempts} attempts`;
    out.say(
      `armed ${tries} for ${name}; it expires ${formatDistance(install.expiresAt, deps.now())} (${formatTime(install.expiresAt)})`,
    );
    out.say(nextOf(install));
    out.say(`watch it with: provision system timeline ${name} --follow`);
    return undefined;
  },
});

function nextOf({ powerUp }: Install): string {
  const after = 'its disk is overwritten, and then it boots from its disk';
  if (powerUp === null) return `next: boot the machine from the network; ${after}`;
  const power = powerUp.step === 'off' ? 'switches the machine off and on' : 'switches the machine on';
  return `its BMC ${power}, from the network; ${after}`;
}
