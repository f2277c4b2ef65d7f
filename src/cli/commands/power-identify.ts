import { defineCommand } from '../command.ts';
import { checkName } from '../records/check-name.ts';

export const powerIdentify = defineCommand<{ readonly name: string; readonly seconds: number | undefined }>({
  noun: 'power',
  verb: 'identify',
  summary: 'let the light of a machine blink, so that it can be found',
  operand: 'name',
  flags: [{ flag: '--seconds <n>', help: '0 to 255; 0 stops it; 15 unless given', fields: ['seconds'] }],
  examples: ['provision power identify web001', 'provision power identify web001 --seconds 120'],
  parse: ({ name, flags }) => ({ name: checkName(name), seconds: flags.integer('seconds') }),
  run: async ({ name, seconds }, { connect, out }) => {
    const done = await (await connect()).power.identify(name, seconds);
    if (out.json) out.document(done);
    out.say(done.seconds === 0 ? `${name} blinks no more` : `${name} blinks for ${done.seconds} s`);
    return undefined;
  },
});
