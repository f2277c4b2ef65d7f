import type { SystemEdit } from '../../client/client.ts';
import type { System } from '../../domain/records/system.ts';
import { defineCommand } from '../command.ts';
import type { CliDeps } from '../deps.ts';
import { applyBmc, BMC_FLAGS, type BmcChange, bmcChange, bmcNextStep } from '../flags/bmc-flags.ts';
import { named, namesNothing, RENAME_FLAG } from '../flags/flags.ts';
import { type InterfaceEdit, interfaceEdit } from '../flags/interface-edit.ts';
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
  readonly name: string;
  readonly edit: Omit<SystemEdit, 'settings' | 'interfaces' | 'bmc'>;
  readonly bmc: BmcChange | undefined;
  readonly interfaces: InterfaceEdit | undefined;
  readonly settings: SettingsChange | undefined;
  readonly options: OptionChange | undefined;
}

export const systemEdit = defineCommand<Options>({
  noun: 'system',
  verb: 'edit',
  summary: 'change the named fields of a system, or all of it in an editor',
  operand: 'name',
  flags: [
    ...BOOT_INTERFACE_FLAGS,
    {
      flag: '--interface <interface>',
      help: 'bond0:mode=802.3ad,mtu=none changes what it names of that interface; a name alone: the one that --ip, --mac, --subnet, --client-id and --circuit-id are meant for',
      repeat: true,
      fields: ['interfaces'],
    },
    {
      flag: '--add-interface <interface>',
      help: 'eth1:mac=…,ip=…,subnet=…',
      repeat: true,
      fields: ['interfaces'],
    },
    {
      flag: '--remove-interface <name>',
      help: 'take an interface away',
      repeat: true,
      fields: ['interfaces'],
    },
    {
      flag: '--add-address <interface>',
      help: 'eth0=10.99.0.12: a further address of an interface',
      repeat: true,
      fields: ['interfaces'],
    },
    {
      flag: '--remove-address <address>',
      help: 'take a further address away',
      repeat: true,
      fields: ['interfaces'],
    },
    ...SYSTEM_FLAGS,
    ...BMC_FLAGS,
    ...SETTINGS_FLAGS,
    UNSET_FLAG,
    ...OPTION_FLAGS,
    UNSET_OPTION_FLAG,
    RENAME_FLAG,
  ],
  examples: [
    'provision system edit web001 --ip 10.99.0.12',
    'provision system edit web001 --add-interface eth1:mac=52:54:00:12:34:57,ip=auto,subnet=lab',
    'provision system edit web001 --interface bond0:mode=802.3ad,mtu=9000',
    'provision system edit web001 --add-interface eth0.100:vlan=100,parent=eth0,ip=10.98.0.12',
    'provision system edit web001 --bmc 10.50.0.1 --bmc-user admin --bmc-password-stdin',
    'provision system edit web001 --set disk=/dev/nvme0n1 --unset timezone',
    'EDITOR=vim provision system edit web001',
  ],
  parse: ({ name, flags, env }) => {
    const edit = { ...systemFields(flags), ...named({ name: flags.text('rename') }) };
    const bmc = bmcChange(flags, env);
    const interfaces = interfaceEdit(flags);
    const settings = settingsChange(flags, flags.texts('unset'));
    const options = optionChange(flags, flags.texts('unset-option'));
    return { name: checkName(name), edit, bmc, interfaces, settings, options };
  },
  run: async ({ name, edit: fields, bmc, ...parts }, context) => {
    if (namesNothing({ ...fields, ...named({ bmc, ...parts }) })) {
      const { editRecord } = await import('../records/edit-record.ts');
      await editRecord('system', name, context);
      return undefined;
    }
    const { connect, out, deps } = context;
    const edit = { ...fields, ...(bmc && { bmc: await applyBmc(bmc, deps, out) }) };
    await checkInput('system', edit);
    const { systems } = await connect();
    // Lists, settings and options travel whole: they are changed on a copy, and the revision says on which one.
    const isPart = parts.interfaces || parts.settings || parts.options;
    const before = isPart ? await systems.get(name) : undefined;
    const changed = before && (await changedParts(before, parts, deps));
    await checkInput('system', changed ?? {});
    const system = await systems.update(name, { ...edit, ...changed }, before?.revision);
    out.row(system, SYSTEM_VIEW.columns);
    out.say(`changed system ${system.name}; its next packet is answered from it`);
    const missing = bmc && bmcNextStep(system);
    if (missing !== undefined) out.say(missing);
    return undefined;
  },
});

async function changedParts(
  before: System,
  { interfaces, settings, options }: Pick<Options, 'interfaces' | 'settings' | 'options'>,
  deps: CliDeps,
): Promise<Pick<SystemEdit, 'interfaces' | 'settings' | 'dhcpOptions'>> {
  const { applyInterfaceEdit } = await import('../flags/apply-interface-edit.ts');
  return named({
    interfaces: interfaces && applyInterfaceEdit(interfaces, before),
    settings: settings && (await applySettings(settings, before.settings, deps)),
    dhcpOptions: options && optionsAfter(options, before.dhcpOptions),
  });
}
