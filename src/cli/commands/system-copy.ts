import type { SystemAdd } from '../../client/client.ts';
import type { BmcAdd } from '../../domain/power/bmc.ts';
import type { System } from '../../domain/records/system.ts';
import { defineCommand } from '../command.ts';
import { applyBmc, BMC_FLAGS, type BmcChange, bmcChange } from '../flags/bmc-flags.ts';
import { type CopiedInterfaces, copiedInterfaces } from '../flags/copy-interfaces.ts';
import { named } from '../flags/flags.ts';
import { BOOT_INTERFACE_FLAGS } from '../flags/interface-flags.ts';
import {
  OPTION_FLAGS,
  type OptionChange,
  optionChange,
  optionsAfter,
  UNSET_OPTION_FLAG,
} from '../flags/option-flags.ts';
import {
  applySettings,
  SETTINGS_FLAGS,
  type SettingsChange,
  settingsChange,
  UNSET_FLAG,
} from '../flags/settings-flags.ts';
import { checkInput } from '../records/check-input.ts';
import { checkName } from '../records/check-name.ts';
import { SYSTEM_VIEW } from '../records/record-views.ts';
import { SYSTEM_FLAGS, systemFields } from './system-flags.ts';

interface Options {
  readonly from: string;
  readonly name: string;
  readonly fields: ReturnType<typeof systemFields>;
  readonly interfaces: CopiedInterfaces;
  readonly bmc: BmcChange | undefined;
  readonly settings: SettingsChange | undefined;
  readonly options: OptionChange | undefined;
}

export const systemCopy = defineCommand<Options>({
  noun: 'system',
  verb: 'copy',
  summary: 'add a system like another; its MACs, addresses and BMC are its own and have to be given',
  operand: 'from to',
  flags: [
    ...BOOT_INTERFACE_FLAGS,
    {
      flag: '--interface <interface>',
      help: 'eth1:mac=…,ip=…: an interface of the copy; each of the other system has one of the same name',
      repeat: true,
      fields: ['interfaces'],
    },
    { flag: '--remove-interface <name>', help: 'an interface that the copy does not have', repeat: true },
    ...SYSTEM_FLAGS,
    ...BMC_FLAGS,
    ...SETTINGS_FLAGS,
    UNSET_FLAG,
    ...OPTION_FLAGS,
    UNSET_OPTION_FLAG,
  ],
  examples: [
    'provision system copy web001 web002 --mac 52:54:00:12:34:57 --ip auto',
    'provision system copy web001 web003 --mac 52:54:00:12:34:58 --ip 10.99.0.13 --bmc 10.50.0.3 --bmc-password-stdin',
    'provision system copy db001 db002 --mac 52:54:00:12:34:60 --interface eth1:mac=52:54:00:12:34:61,ip=auto',
  ],
  parse: ({ names, flags, env }) => ({
    from: checkName(names[0] ?? ''),
    name: checkName(names[1] ?? ''),
    fields: systemFields(flags),
    interfaces: copiedInterfaces(flags),
    bmc: bmcChange(flags, env),
    settings: settingsChange(flags, flags.texts('unset')),
    options: optionChange(flags, flags.texts('unset-option')),
  }),
  run: async ({ from, name, fields, settings, options, ...own }, { connect, out, deps }) => {
    const { RECORD_KINDS } = await import('../records/record-kinds.ts');
    const { interfacesOfCopy } = await import('../flags/interfaces-of-copy.ts');
    const { systems } = await connect();
    const source = await systems.get(from);
    const interfaces = interfacesOfCopy(own.interfaces, source);
    const { hostname: _hostname, bmc: _bmc, ...shared } = RECORD_KINDS.system.toInput(source);
    const change = own.bmc && (await applyBmc(own.bmc, deps, out));
    const input = {
      ...(shared as Omit<SystemAdd, 'name' | 'interfaces'>),
      ...fields,
      name,
      interfaces: interfaces.items,
      ...named({
        bmc: change && bmcOfCopy(source, change as BmcAdd),
        settings: settings && (await applySettings(settings, source.settings, deps)),
        dhcpOptions: options && optionsAfter(options, source.dhcpOptions),
      }),
    };
    await checkInput('system', input);
    const system = await systems.add(input as SystemAdd);
    out.row(system, SYSTEM_VIEW.columns);
    out.say(`added system ${name} like ${from}; nothing is installed until you say so`);
    for (const note of [...interfaces.notes, ...notesOf(source, system)]) out.say(`note: ${note}`);
    out.say(`next: provision system install ${name}`);
    return undefined;
  },
});

/** The other's BMC as far as it is not of that one machine: not its address, certificate, node and secrets. */
function bmcOfCopy({ bmc }: System, change: BmcAdd): BmcAdd {
  if (bmc === null) return change;
  const { address: _a, certificate: _c, node: _n, passwordSet: _p, kgSet: _k, ...like } = bmc;
  return { ...like, ...change };
}

/** What the other has and the copy does not. */
function notesOf(source: System, copy: System): string[] {
  const notes: string[] = [];
  if (source.bmc !== null && copy.bmc === null)
    notes.push(`it has no BMC; give it one: provision system edit ${copy.name} --bmc ADDRESS`);
  if (source.bmc?.passwordSet && copy.bmc !== null && !copy.bmc.passwordSet)
    notes.push(`secrets are not copied: provision system edit ${copy.name} --bmc-password-stdin`);
  if (source.secretsSet.length > 0 && copy.secretsSet.length === 0)
    notes.push(`secrets are not copied: provision system edit ${copy.name} --root-password-hash-stdin`);
  return notes;
}
