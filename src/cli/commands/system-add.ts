import type { SystemAdd } from '../../client/client.ts';
import type { BmcAdd } from '../../domain/power/bmc.ts';
import { defineCommand } from '../command.ts';
import { applyBmc, BMC_FLAGS, type BmcChange, bmcChange, bmcNextStep } from '../flags/bmc-flags.ts';
import { type AddsTable, csvFlag, tableOf } from '../flags/csv-flag.ts';
import { named, requireFlags } from '../flags/flags.ts';
import { BOOT_INTERFACE_FLAGS, newInterfaces } from '../flags/interface-flags.ts';
import { OPTION_FLAGS, optionChange, optionsAfter } from '../flags/option-flags.ts';
import {
  applySettings,
  SETTINGS_FLAGS,
  type SettingsChange,
  settingsChange,
} from '../flags/settings-flags.ts';
import { checkInput } from '../records/check-input.ts';
import { SYSTEM_VIEW } from '../records/record-views.ts';
import { SYSTEM_FLAGS, systemFields } from './system-flags.ts';

interface One {
  readonly input: Omit<SystemAdd, 'settings' | 'bmc'>;
  readonly bmc: BmcChange | undefined;
  readonly settings: SettingsChange | undefined;
}

export const systemAdd = defineCommand<One | AddsTable>({
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
    csvFlag('system'),
  ],
  examples: [
    'provision system add web001 --profile debian-13 --mac 52:54:00:12:34:56 --ip 10.99.0.11',
    'provision system add db001 --profile debian-13 --mac 5254.0012.3457 --ip auto --subnet lab --interface eth1:mac=52-54-00-12-34-58,ip=10.98.0.12',
    'provision system add --csv machines.csv',
    'provision system add db002 --profile rocky-9 --mac 52:54:00:12:34:60 --interface eth1:mac=52:54:00:12:34:61 --interface bond0:members=eth0+eth1,mode=802.3ad,ip=10.99.0.13',
    'provision system add web002 --profile debian-13 --mac 52:54:00:12:34:59 --bmc 10.50.0.2 --bmc-user admin --bmc-password-stdin',
  ],
  parse: ({ name, flags, env }) => {
    const table = tableOf(name, flags);
    if (table !== undefined) return table;
    const wholeInterface = flags.texts('interface').some((text) => text.includes('='));
    const isKnown = wholeInterface || ['client-id', 'circuit-id'].some((name) => flags.given.includes(name));
    requireFlags(flags, isKnown ? ['profile'] : ['profile', 'mac']);
    const { profile = '', ...rest } = systemFields(flags);
    const options = optionChange(flags);
    const dhcpOptions = options && optionsAfter(options, []);
    return {
      input: { name, profile, ...rest, interfaces: newInterfaces(flags), ...named({ dhcpOptions }) },
      bmc: bmcChange(flags, env),
      settings: settingsChange(flags),
    };
  },
  run: async (options, context) => {
    if ('csv' in options) {
      const { addTable } = await import('../records/add-table.ts');
      return addTable('system', options.csv, context);
    }
    const { input, bmc, settings } = options;
    const { connect, out, deps } = context;
    const given = settings && { settings: await applySettings(settings, {}, deps) };
    const control = bmc && { bmc: (await applyBmc(bmc, deps, out)) as BmcAdd | null };
    const whole = { ...input, ...control, ...given };
    await checkInput('system', whole);
    const system = await (await connect()).systems.add(whole);
    out.row(system, SYSTEM_VIEW.columns);
    out.say(`added system ${system.name}; nothing is installed until you say so`);
    const missing = bmc && bmcNextStep(system);
    if (missing !== undefined) out.say(missing);
    out.say(`next: provision system install ${system.name}`);
    return undefined;
  },
});
