import type { Client } from '../../client/client.ts';
import type { CommandEntry } from '../command-table.ts';
import { chooseServer, chooseToken } from '../connect/connect.ts';
import { readCredentials } from '../connect/credentials.ts';
import type { CliDeps } from '../deps.ts';
import { type FlagSpec, flagName } from '../flags/flags.ts';
import { FORMATS, GLOBAL_FLAGS, globalOptions, wordsOf } from '../flags/global-flags.ts';
import { pathOf } from '../load-commands.ts';
import { NOUN_SUMMARIES, WORD_SUMMARIES } from './help-text.ts';

/** Nobody waits longer for a list of names. */
const PATIENCE_MS = 1_500;
const MOST_NAMES = '200';

/** What a place on the line is filled with. `files`: the shell knows better. */
type Filling = 'distros' | 'profiles' | 'subnets' | 'systems' | 'contexts' | 'formats' | 'files';

/** Flags whose values are known here or to the server. */
const VALUES: Readonly<Record<string, Filling>> = {
  distro: 'distros',
  profile: 'profiles',
  subnet: 'subnets',
  system: 'systems',
  context: 'contexts',
  output: 'formats',
};

/** Operands that are names of records, by the command, or by its noun. Null: what is to be added, a number, or none. */
const OPERANDS: Readonly<Record<string, Filling | null>> = {
  'distro add': null,
  'distro list': null,
  'profile add': null,
  'profile list': null,
  'subnet add': null,
  'subnet list': null,
  'system add': null,
  'system list': null,
  'handoff show': null,
  'handoff log': null,
  'handoff cancel': null,
  'handoff list': null,
  'install show': null,
  'install list': null,
  'install queue': null,
  'context list': null,
  'power jobs': null,
  distro: 'distros',
  profile: 'profiles',
  subnet: 'subnets',
  system: 'systems',
  power: 'systems',
  bmc: 'systems',
  handoff: 'systems',
  install: 'systems',
  console: 'systems',
  explain: 'systems',
  context: 'contexts',
};

/** Says to the shell that files are wanted. */
const FILES = ':files';

/**
 * What may stand at the end of a line: `words` are those after `provision`, the last of them as far as it is typed. Names of
 * records are asked for; where that fails, whatever the reason, there are none. Never throws.
 */
export async function complete(
  words: readonly string[],
  table: readonly CommandEntry[],
  deps: CliDeps,
): Promise<readonly string[]> {
  try {
    const found = await candidates(words, table, deps);
    const typed = words.at(-1) ?? '';
    return found.filter((word) => word === FILES || word.startsWith(typed));
  } catch {
    return [];
  }
}

async function candidates(
  words: readonly string[],
  table: readonly CommandEntry[],
  deps: CliDeps,
): Promise<readonly string[]> {
  const [before, typed] = [words.slice(0, -1), words.at(-1) ?? ''];
  const path = pathOf(before, table);
  const entry = table.find((one) => one.path.join(' ') === path.join(' '));
  const last = before.at(-1) ?? '';
  // What a command can do is only loaded where a flag is typed: names are wanted much more often.
  if (last.startsWith('-') || typed.startsWith('-')) {
    const flags = [...((await entry?.load())?.flags ?? []), ...GLOBAL_FLAGS];
    const asking = flags.find((spec) => namesOf(spec).includes(last) && spec.flag.includes(' '));
    if (asking !== undefined) return fill(fillingOf(asking), typed, before, deps);
    if (typed.startsWith('-')) return flags.flatMap(namesOf).filter((name) => name.startsWith('--'));
  }
  if (entry !== undefined) return fill(operandOf(entry), typed, before, deps);
  if (path.length === 0 && wordsOf(before).length > 0) return [];
  if (path.length === 0) return [...Object.keys(NOUN_SUMMARIES), ...Object.keys(WORD_SUMMARIES), 'help'];
  return table.filter((one) => one.path[0] === path[0]).flatMap((one) => one.path[1] ?? []);
}

function namesOf(spec: FlagSpec): string[] {
  return [`--${flagName(spec)}`, ...(spec.short === undefined ? [] : [spec.short])];
}

function fillingOf(spec: FlagSpec): Filling | undefined {
  if (/<(file|path|folder|file-or-key)>/.test(spec.flag)) return 'files';
  return VALUES[flagName(spec)];
}

function operandOf({ path }: CommandEntry): Filling | null | undefined {
  const own = OPERANDS[path.join(' ')];
  return own === undefined ? OPERANDS[path[0] ?? ''] : own;
}

async function fill(
  filling: Filling | null | undefined,
  typed: string,
  before: readonly string[],
  deps: CliDeps,
): Promise<readonly string[]> {
  if (filling == null) return [];
  if (filling === 'formats') return FORMATS;
  if (filling === 'files') return [FILES];
  if (filling === 'contexts') return Object.keys((await readCredentials(deps)).contexts);
  const { items } = await (await connect(before, deps))[filling].page({
    name: `${typed.replace(/[^a-z0-9._-]/g, '')}*`,
    fields: 'name',
    limit: MOST_NAMES,
  });
  return items.map(({ name }) => name);
}

/** To the server that the line names, or the usual one; no words are said, whatever it is. */
async function connect(before: readonly string[], deps: CliDeps): Promise<Client> {
  const values = Object.fromEntries(
    GLOBAL_FLAGS.map((spec) => [flagName(spec), before[before.indexOf(`--${flagName(spec)}`) + 1]]).filter(
      ([name]) => before.includes(`--${name}`),
    ),
  );
  const globals = globalOptions(values);
  const address = await chooseServer(globals, deps);
  return deps.connect(address, await chooseToken(address, globals, deps), PATIENCE_MS);
}
