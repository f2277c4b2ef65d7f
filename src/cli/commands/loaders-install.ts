import { basename, resolve } from 'node:path';
import type { LoaderInstall } from '../../client/client.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { type Flags, named } from '../flags/flags.ts';
import type { Column } from '../output/table.ts';

type Options =
  | { readonly from: 'packages'; readonly names: readonly string[] }
  | { readonly from: 'file'; readonly file: string; readonly as: string; readonly version?: string };

const COLUMNS: readonly Column<LoaderInstall>[] = [
  { header: 'LOADER', value: (loader) => loader.name },
  { header: 'OUTCOME', value: (loader) => loader.outcome },
  { header: 'VERSION', value: (loader) => loader.version },
  { header: 'SOURCE', value: (loader) => loader.source },
  {
    header: 'SHA-256',
    value: (loader) => loader.sha256,
    pretty: (loader) => loader.sha256?.slice(0, 12) ?? null,
  },
];

export const loadersInstall = defineCommand<Options>({
  noun: 'loaders',
  verb: 'install',
  summary: "take boot loaders from the server's installed packages, or from a file",
  operand: null,
  flags: [
    { flag: '--only <name>', help: 'only this loader; may be repeated', repeat: true, fields: ['names'] },
    { flag: '--file <path>', help: 'take it from this file (on this machine)', fields: ['file'] },
    { flag: '--as <name>', help: 'the loader that the file is', fields: ['name'] },
    { flag: '--version <version>', help: 'version of the file, for the record', fields: ['version'] },
  ],
  examples: [
    'provision loaders install',
    'provision loaders install --only snponly.efi --only ipxe.efi',
    'provision loaders install --file ./ipxe.efi --as ipxe.efi --version 1.21.1',
  ],
  parse: ({ flags }) => optionsOf(flags),
  run: (options, context) =>
    options.from === 'file' ? installFile(options, context) : installPackages(options.names, context),
});

function optionsOf(flags: Flags): Options {
  const [file, as, version] = [flags.text('file'), flags.text('as'), flags.text('version')];
  const names = flags.texts('only');
  if (file === undefined) {
    const stray = as !== undefined ? 'as' : version !== undefined ? 'version' : undefined;
    if (stray !== undefined) throw new UsageError(`--${stray} goes with --file`);
    return { from: 'packages', names };
  }
  if (names.length > 0) throw new UsageError('--only is for packages; with --file name it with --as');
  if (as === undefined) throw new UsageError('missing: --as', 'provision loaders list shows the names');
  return { from: 'file', file, as, ...named({ version }) };
}

async function installFile(
  { file, as, version }: Extract<Options, { from: 'file' }>,
  { connect, deps, out }: CommandContext,
): Promise<undefined> {
  const bytes = await deps.readBytes(resolve(deps.cwd, file));
  const about = { file: basename(file), ...named({ version }) };
  const loader = await (await connect()).loaders.upload(as, bytes, about);
  if (out.json) out.document(loader);
  out.say(`installed ${as}: ${loader.bytes} bytes, SHA-256 ${loader.sha256}`);
  return undefined;
}

/** A loader that was named and is not there is a failure; one that this server happens not to need is none. */
async function installPackages(names: readonly string[], { connect, out }: CommandContext) {
  const list = await (await connect()).loaders.install(names.length === 0 ? undefined : names);
  const lacking = list.items.filter((one) => one.remedy !== null);
  const found = list.items.filter((one) => one.remedy === null);
  out.list(list, found, COLUMNS, 'no loader was found');
  if (names.length > 0) for (const { name, remedy } of lacking) out.say(`${name}: ${remedy}`);
  else if (lacking.length > 0)
    out.say(
      `in no package of the server: ${lacking.length}; provision doctor names those that the records need`,
    );
  return (names.length > 0 && lacking.length > 0) || found.length === 0 ? EXIT.failure : undefined;
}
