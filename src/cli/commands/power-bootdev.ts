import { BOOT_DEVICES, type BootOverride, FIRMWARES } from '../../domain/power/power.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { named } from '../flags/flags.ts';
import type { Column } from '../output/table.ts';
import { checkName } from '../records/check-name.ts';

const COLUMNS: readonly Column<BootOverride & { readonly system: string }>[] = [
  { header: 'SYSTEM', value: ({ system }) => system },
  { header: 'DEVICE', value: ({ device }) => device },
  { header: 'FIRMWARE', value: ({ firmware }) => firmware },
  { header: 'FOR', value: ({ persistent }) => (persistent ? 'always' : 'once') },
  { header: 'URL', value: ({ httpBootUri }) => httpBootUri ?? null },
];

export const powerBootdev = defineCommand({
  noun: 'power',
  verb: 'bootdev',
  summary: 'show or set what a machine boots from next',
  operand: 'name',
  flags: [
    { flag: '--device <device>', help: `${BOOT_DEVICES.join(', ')}; none takes it away`, fields: ['device'] },
    { flag: '--persistent', help: 'not only for the next boot', fields: ['persistent'] },
    {
      flag: '--firmware <firmware>',
      help: 'uefi or bios; unless given, as the record says or as it was heard',
      fields: ['firmware'],
    },
    {
      flag: '--http-uri <url>',
      help: 'with pxe: UEFI loads this URL, without a boot file from DHCP (Redfish only)',
      fields: ['httpBootUri'],
    },
  ],
  examples: [
    'provision power bootdev web001',
    'provision power bootdev web001 --device pxe',
    'provision power bootdev web001 --device pxe --http-uri http://10.0.0.1/ipxe.efi',
  ],
  parse: ({ name, flags }) => ({
    name: checkName(name),
    device: flags.oneOf('device', BOOT_DEVICES),
    more: named({
      persistent: flags.isOn('persistent') || undefined,
      firmware: flags.oneOf('firmware', FIRMWARES),
      httpBootUri: flags.text('http-uri'),
    }),
  }),
  run: async ({ name, device, more }, { connect, out }) => {
    const { power } = await connect();
    if (device === undefined) {
      const answer = await power.bootDevice(name);
      const rows = answer.override === null ? [] : [{ ...answer.override, system: name }];
      out.list(answer, rows, COLUMNS, `${name} boots as it is set up; its BMC knows of nothing else`);
      return undefined;
    }
    const result = await power.setBootDevice(name, { device, ...more });
    const { confirmed, agrees, asked, doubt } = result;
    out.list(result, [{ ...(confirmed ?? asked), system: name }], COLUMNS, '');
    if (confirmed === null) out.say('its BMC cannot be asked whether it took it');
    if (doubt !== null) out.say(doubt);
    if (!agrees) out.say('its BMC shows something else than it was told');
    return agrees ? undefined : EXIT.failure;
  },
});
