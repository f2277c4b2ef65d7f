import type { InstallAdd } from '../../client/client.ts';
import type { BootEvent } from '../../domain/boot/boot-event.ts';
import type { Install } from '../../domain/install/install.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { confirmWipe } from '../confirm-wipe.ts';
import { formatDistance, formatTime } from '../flags/duration.ts';
import { named } from '../flags/flags.ts';
import { installHow } from '../flags/install-flags.ts';
import { checkInput } from '../records/check-input.ts';
import { checkName } from '../records/check-name.ts';
import { INSTALL_COLUMNS } from '../records/record-views.ts';
import { followTimeline } from './system-timeline.ts';

interface Options {
  readonly name: string;
  readonly input: InstallAdd;
  readonly follow: boolean;
}

export const systemInstall = defineCommand<Options>({
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
    {
      flag: '--follow',
      help: 'show every stage until the install is over: exit 0 if the machine is ready, 1 if not',
    },
    { flag: '--wait', help: 'the same as --follow' },
  ],
  examples: [
    'provision system install web001',
    'provision system install web001 --cycle --follow',
    'provision system install web001 --cycle --yes-wipe web001',
    'provision system install web001 --no-power --attempts 2 --expires 30m',
  ],
  parse: ({ name, flags }) => ({
    name: checkName(name),
    input: { ...installHow(flags), ...named({ yesWipe: flags.text('yes-wipe') }) },
    follow: flags.isOn('follow') || flags.isOn('wait'),
  }),
  run: async ({ name, input, follow }, context) => {
    const { connect, out, deps } = context;
    await checkInput('install', input);
    const client = await connect();
    const { systems } = client;
    const yesWipe = input.yesWipe ?? (await confirmWipe(name, systems, deps));
    const install = await systems.install(name, { ...input, ...named({ yesWipe }) });
    // Documents of a stream stand one a line, and its first event says the same.
    if (!follow || !out.json) out.row(install, INSTALL_COLUMNS);
    sayArmed(install, context);
    if (follow) {
      const ofThis = ({ installId }: BootEvent) => installId === install.id;
      return followTimeline({ name, after: undefined, untilDone: true }, client, context, ofThis);
    }
    if (install.state !== 'queued') out.say(`watch it with: provision system timeline ${name} --follow`);
    return undefined;
  },
});

function sayArmed(install: Install, { out, deps }: CommandContext): void {
  if (install.state === 'queued') {
    out.say(
      `place ${install.position} in the queue: it begins when its turn comes (provision install queue)`,
    );
    return;
  }
  const tries = install.attempts === 1 ? 'one attempt' : `${install.attempts} attempts`;
  out.say(
    `armed ${tries} for ${install.system}; it expires ${formatDistance(install.expiresAt, deps.now())} (${formatTime(install.expiresAt)})`,
  );
  out.say(nextOf(install));
}

function nextOf({ powerUp }: Install): string {
  const after = 'its disk is overwritten, and then it boots from its disk';
  if (powerUp === null) return `next: boot the machine from the network; ${after}`;
  const power = powerUp.step === 'off' ? 'switches the machine off and on' : 'switches the machine on';
  return `its BMC ${power}, from the network; ${after}`;
}
