import { defineCommand } from '../command.ts';
import { confirmRemoval } from '../records/confirm-removal.ts';

export const loadersRemove = defineCommand<{ readonly name: string; readonly yes: boolean }>({
  noun: 'loaders',
  verb: 'remove',
  summary: 'take an installed loader away; a folder of the configuration may still have one',
  operand: 'name',
  flags: [{ flag: '--yes', help: 'do not ask' }],
  examples: ['provision loaders remove ipxe.efi', 'provision loaders remove ipxe.efi --yes'],
  parse: ({ name, flags }) => ({ name, yes: flags.isOn('yes') }),
  run: async ({ name, yes }, { connect, out, deps }) => {
    await confirmRemoval(`loader ${name}`, { yes }, deps);
    await (await connect()).loaders.remove(name);
    out.say(`removed loader ${name}`);
    return undefined;
  },
});
