import type { SystemAdd } from '../../client/client.ts';
import type { BmcAdd } from '../../domain/bmc.ts';
import { systemPatch } from '../../domain/system.ts';
import { addTable } from '../add-table.ts';
import { applyBmc, BMC_FLAGS, type BmcChange, bmcChange, bmcNextStep } from '../bmc-flags.ts';
import { checkInput } from '../check-input.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { named, requireFlags } from '../flags.ts';
import { BOOT_INTERFACE_FLAGS, newInterfaces } from '../interface-flags.ts';
import { OPTION_FLAGS, optionChange, optionsAfter } from '../option-flags.ts';
import { SYSTEM_VIEW } from '../record-views.ts';
import { applySettings, SETTINGS_FLAGS, type SettingsChange, settingsChange } from '../settings-flags.ts';
import { SYSTEM_FLAGS, systemFields } from './system-flags.ts';

interface Options {
  /** A table of systems in the place of one. */
  readonly csv: string | undefined;
  readonly input: Omit<SystemAdd, 'settings' | 'bmc'>;
  readonly bmc: BmcChange | undefined;
  readonly settings: SettingsChange | undefined;
}

export const systemAdd = defineCommand<Options>({
  noun: 'system',
  verb: 'add',
  summary: 'add a system: one machine with its interfaces and addresses',
  operand: 'name?',
  flags: [
    ...BOOT_INTERFACE_FLAGS,
    {
      flag: '--interface <interface>',
      help: 'eth0: name of the boot interface; eth1:mac=…,ip=…,subnet=… or bond0:members=eth0+eth1,mode=…: a further one',
      repeat: true,
      fields: ['interfaces', 'interfaces.0.name'],
    },
    ...SYSTEM_FLAGS,
    ...BMC_FLAGS,
    ...SETTINGS_FLAGS,
    ...OPTION_FLAGS,
    {
      flag: '--csv <file>',
      help: 'add every system of a table whose header names fields, or none; - for stdin',
    },
  ],
  examples: [
    'provision system add web001 --profile debian-13 --mac 52:54:00:12:34:56 --ip 10.99.0.11',
    'provision system add db001 --profile debian-13 --mac 5254.0012.3457 --ip auto --subnet lab --interface eth1:mac=52-54-00-12-34-58,ip=10.98.0.12',
    'provision system add --csv machines.csv',
    'provision system add db002 --profile rocky-9 --mac 52:54:00:12:34:60 --interface eth1:mac=52:54:00:12:34:61 --interface bond0:members=eth0+eth1,mode=802.3ad,ip=10.99.0.13',
    'provision system add web002 --profile debian-13 --mac 52:54:00:12:34:59 --bmc 10.50.0.2 --bmc-user admin --bmc-password-stdin',
  ],
  parse: ({ name, flags, env }) => {
    const csv = flags.text('csv');
    if (csv !== undefined) {
      if (name !== '' || flags.given.length > 1)
        throw new UsageError('--csv names every system and field itself', 'give it alone');
      return { csv, input: { name, profile: '', interfaces: [] }, bmc: undefined, settings: undefined };
    }
    if (name === '') throw new UsageError("missing required argument 'name'");
    const wholeInterface = flags.texts('interface').some((text) => text.includes('='));
    const isKnown = wholeInterface || ['client-id', 'circuit-id'].some((name) => flags.given.includes(name));
    requireFlags(flags, isKnown ? ['profile'] : ['profile', 'mac']);
    const { profile = '', ...rest } = systemFields(flags);
    const options = optionChange(flags);
    const dhcpOptions = options && optionsAfter(options, []);
    return {
      csv,
      input: { name, profile, ...rest, interfaces: newInterfaces(flags), ...named({ dhcpOptions }) },
      bmc: bmcChange(flags, env),
      settings: settingsChange(flags),
    };
  },
  run: async ({ csv, input, bmc, settings }, context) => {
    if (csv !== undefined) return addTable(csv, context);
    const { connect, out, deps } = context;
    const given = settings && { settings: await applySettings(settings, {}, deps) };
    const control = bmc && { bmc: (await applyBmc(bmc, deps, out)) as BmcAdd | null };
    const whole = { ...input, ...control, ...given };
    checkInput(systemPatch, whole);
    const system = await (await connect()).systems.add(whole);
    out.row(system, SYSTEM_VIEW.columns);
    out.say(`added system ${system.name}; nothing is installed until you say so`);
    const missing = bmc && bmcNextStep(system);
    if (missing !== undefined) out.say(missing);
    out.say(`next: provision system install ${system.name}`);
    return undefined;
  },
});
