import { resolve } from 'node:path';
import { type CommandContext, defineCommand } from '../command.ts';
import { LocalError } from '../errors.ts';

interface Options {
  readonly file: string;
  readonly key: boolean;
}

export const backup = defineCommand<Options>({
  noun: 'backup',
  verb: null,
  summary: 'write a backup of the running service to a file, which provisiond restore takes',
  operand: 'file',
  flags: [
    {
      flag: '--without-key',
      help: 'leave out the key that opens the secrets; keep secret.key elsewhere',
    },
  ],
  examples: ['provision backup /backup/provision.tar', 'provision backup --without-key provision.tar'],
  parse: ({ name, flags }) => ({ file: name, key: !flags.isOn('without-key') }),
  run: write,
});

async function write({ file, key }: Options, { connect, deps, out }: CommandContext): Promise<undefined> {
  const path = resolve(deps.cwd, file);
  const { content, bytes } = await (await connect()).backups.make({ key });
  const written = await deps.saveStream(path, whole(content, bytes, path));
  if (out.json) out.document({ file: path, bytes: written, key });
  const keep = key ? '; it opens the secrets: keep it as safe as the server' : '; secret.key is not in it';
  out.say(`wrote ${path}: ${written} bytes${keep}`);
  return undefined;
}

/** What a proxy has cut is no backup. */
async function* whole(
  content: AsyncIterable<Uint8Array>,
  bytes: number,
  path: string,
): AsyncGenerator<Uint8Array> {
  let came = 0;
  for await (const chunk of content) {
    came += chunk.length;
    yield chunk;
  }
  if (came !== bytes) throw new LocalError(`${path} was not written: ${came} of ${bytes} bytes came`);
}
