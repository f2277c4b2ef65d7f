import { join } from 'node:path';
import type { RecordsDocument } from '../../domain/records/apply.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { checkName } from '../records/check-name.ts';
import { RECORD_NOUNS } from '../records/record-nouns.ts';

interface Options {
  readonly file: string | undefined;
  readonly folder: string | undefined;
}

export const exportCommand = defineCommand<Options>({
  noun: 'export',
  verb: null,
  summary: 'write every record as a document that makes them again; without secrets',
  operand: null,
  flags: [
    { flag: '--output <file>', short: '-o', help: 'into this file; to stdout unless given' },
    { flag: '--dir <folder>', help: 'a file a record, below a folder a kind: for git' },
  ],
  examples: [
    'provision export > rack.yaml',
    'provision export -o rack.yaml',
    'provision export --dir records',
  ],
  parse: ({ flags }) => {
    const [file, folder] = [flags.text('output'), flags.text('dir')];
    if (file !== undefined && folder !== undefined)
      throw new UsageError('--output and --dir exclude each other');
    return { file, folder };
  },
  run: async ({ file, folder }, context) => {
    const { connect, deps, out } = context;
    if (out.isCsv)
      throw new UsageError(
        'a table cannot hold every record',
        'leave --csv out, or: provision system list --csv',
      );
    const document = await (await connect()).records.export();
    if (folder !== undefined) return writeFolder(document, folder, context);
    if (out.json && file === undefined) {
      out.document(document);
      return undefined;
    }
    const { formatYaml } = await import('../records/yaml-text.ts');
    const text = formatYaml(document);
    if (file === undefined) out.text(text);
    else {
      await deps.recordFiles.write(file, text);
      out.say(`wrote ${file}`);
    }
    return undefined;
  },
});

/** A file a record; files of records that are no more go, so that a commit of the folder says so. */
async function writeFolder(
  document: RecordsDocument,
  folder: string,
  { deps, out }: CommandContext,
): Promise<undefined> {
  const { formatYaml } = await import('../records/yaml-text.ts');
  const texts = new Map<string, string>();
  for (const noun of RECORD_NOUNS) {
    const kind = `${noun}s` as const;
    for (const item of document[kind] ?? [])
      texts.set(`${kind}/${checkName(item.name)}.yaml`, formatYaml({ [kind]: [item] }));
  }
  const there = (await deps.recordFiles.list(folder)) ?? [];
  for (const [path, text] of texts) await deps.recordFiles.write(join(folder, path), text);
  const gone = there.filter(
    (path) => /^(distros|profiles|subnets|systems)\/[^/]+\.yaml$/.test(path) && !texts.has(path),
  );
  for (const path of gone) await deps.recordFiles.remove(join(folder, path));
  if (out.json) out.document({ folder, files: [...texts.keys()], removed: gone });
  const removed = gone.length === 0 ? '' : `, and removed ${gone.length} of records that are no more`;
  out.say(`wrote ${texts.size} files to ${folder}${removed}`);
  return undefined;
}
