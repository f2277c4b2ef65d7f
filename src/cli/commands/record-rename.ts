import { type Command, defineCommand } from '../command.ts';
import { checkName } from '../records/check-name.ts';
import type { RecordNoun } from '../records/record-nouns.ts';

/** `provision NOUN rename OLD NEW`: what refers to it follows, since records know each other by more than their names. */
export function recordRename(noun: RecordNoun, example: string): Command {
  return defineCommand({
    noun,
    verb: 'rename',
    summary: `give a ${noun} another name`,
    operand: 'old new',
    flags: [],
    examples: [`provision ${noun} rename ${example} ${example}-old`],
    parse: ({ names }) => ({ old: checkName(names[0] ?? ''), name: checkName(names[1] ?? '') }),
    run: async ({ old, name }, { connect, out }) => {
      const { RECORD_KINDS } = await import('../records/record-kinds.ts');
      const client = await connect();
      const record = await RECORD_KINDS[noun].rename(client, old, name);
      if (out.json) out.document(record);
      out.say(`${noun} ${old} is ${record.name} now`);
      return undefined;
    },
  });
}
