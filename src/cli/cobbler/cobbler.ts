import type { Command } from '../command.ts';
import type { CommandEntry } from '../command-table.ts';
import { UsageError } from '../errors.ts';
import { flagName } from '../flags/flags.ts';
import { GLOBAL_FLAGS, wordsOf } from '../flags/global-flags.ts';
import { pathOf } from '../load-commands.ts';
import { COBBLER_FLAGS, COBBLER_SWITCHES } from './cobbler-flags.ts';
import { COBBLER_VERBS } from './cobbler-verbs.ts';

const RECORDS = ['distro', 'profile', 'subnet', 'system'];

/**
 * A line as Cobbler's users type it, in our words; undefined where nothing of it is Cobbler's. Throws UsageError that says
 * what is done here, where something has no like.
 */
export async function translated(
  argv: readonly string[],
  table: readonly CommandEntry[],
): Promise<readonly string[] | undefined> {
  const isOurs = (path: readonly string[]) => table.some((one) => one.path.join(' ') === path.join(' '));
  const line = withOurVerb(argv, isOurs);
  const path = pathOf(line, table);
  const command = await table.find((one) => one.path.join(' ') === path.join(' '))?.load();
  const words = command === undefined ? line : withOurFlags(line, command);
  return words.join('\0') === argv.join('\0') ? undefined : words;
}

/** A line whose first words are a command of Cobbler, with those of ours. Throws UsageError where there is none. */
function withOurVerb(
  argv: readonly string[],
  isOurs: (path: readonly string[]) => boolean,
): readonly string[] {
  const [noun = '', verb = ''] = wordsOf(argv);
  if (isOurs([noun, verb]) || isOurs([noun])) return netboot(argv, noun, verb);
  if (verb === 'report' && RECORDS.includes(noun)) {
    const isOne = wordsOf(argv).length > 2 || argv.some((word) => /^--name(=|$)/.test(word));
    return replaced(argv, [noun, verb], [noun, isOne ? 'show' : 'list']);
  }
  const key = [`${noun} ${verb}`, noun].find((one) => Object.hasOwn(COBBLER_VERBS, one));
  const meaning = COBBLER_VERBS[key ?? ''];
  if (key === undefined || meaning === undefined) return argv;
  if ('instead' in meaning) throw new UsageError(`there is no '${key}'`, meaning.instead);
  return replaced(argv, key.split(' '), meaning.words);
}

function replaced(argv: readonly string[], words: readonly string[], by: readonly string[]): string[] {
  const at = argv.indexOf(words[0] ?? '');
  const rest = [...argv.slice(0, at), ...argv.slice(at + 1)];
  const second = words[1] === undefined ? -1 : rest.indexOf(words[1], at);
  if (second >= 0) rest.splice(second, 1);
  return [...rest.slice(0, at), ...by, ...rest.slice(at)];
}

/**
 * `system edit NAME --netboot-enabled yes` and nothing else arms an install, as there; `no` cancels it. What is added with `no`
 * is added: it installs only when it is told to.
 */
function netboot(argv: readonly string[], noun: string, verb: string): readonly string[] {
  const at = argv.findIndex((word) => /^--netboot-enabled(=|$)/.test(word));
  if (noun !== 'system' || at < 0) return argv;
  const [flag, inline] = splitFlag(argv[at] ?? '');
  const rest = argv.filter((_word, index) => index !== at && (inline !== undefined || index !== at + 1));
  const isOn = /^(1|y|yes|t|true|on)$/i.test(inline ?? argv[at + 1] ?? flag);
  const isOff = /^(0|n|no|f|false|off)$/i.test(inline ?? argv[at + 1] ?? flag);
  if (verb === 'add' || verb === 'copy') return isOff ? rest : argv;
  const isAlone = rest.every((word) => !word.startsWith('--') || /^--name(=|$)/.test(word));
  if (verb !== 'edit' || !isAlone || isOn === isOff) return argv;
  return isOn
    ? [...replaced(rest, ['system', 'edit'], ['system', 'install']), '--no-power']
    : replaced(rest, ['system', 'edit'], ['system', 'cancel']);
}

/**
 * A line with Cobbler's flags, with those of ours: other names, `--name=web001` as the operand. A flag that the command has
 * itself stays. Throws UsageError that says what is done here, where a flag has no like.
 */
function withOurFlags(argv: readonly string[], command: Command): string[] {
  const own = [...command.flags, ...GLOBAL_FLAGS].map((spec) => `--${flagName(spec)}`);
  const operands = new Map<string, string>();
  const line: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? '';
    if (word === '--') return [...line, ...argv.slice(at), ...inOrder(operands)];
    const [flag = '', inline] = splitFlag(word);
    const isOperand = command.operand !== null && ['--name', '--newname'].includes(flag);
    const alias = COBBLER_FLAGS.find(
      ({ flags, nouns }) => flags.includes(flag) && (nouns?.includes(command.path[0] ?? '') ?? true),
    );
    if (own.includes(flag) || (!isOperand && alias === undefined)) {
      line.push(word);
      continue;
    }
    const value = COBBLER_SWITCHES.includes(flag) ? '' : (inline ?? argv[++at]);
    if (value === undefined) throw new UsageError(`${flag} wants a value`);
    if (isOperand) operands.set(flag, value);
    else line.push(...wordsFor(flag, value, alias?.meaning ?? { as: flag }));
  }
  return [...line, ...inOrder(operands)];
}

function wordsFor(
  flag: string,
  value: string,
  meaning: (typeof COBBLER_FLAGS)[number]['meaning'],
): readonly string[] {
  if ('instead' in meaning) throw new UsageError(`there is no ${flag}`, meaning.instead);
  return 'as' in meaning ? [`${meaning.as}=${value}`] : meaning.words(value);
}

function inOrder(operands: ReadonlyMap<string, string>): string[] {
  return ['--name', '--newname'].flatMap((flag) => operands.get(flag) ?? []);
}

/** `['--kopts', 'quiet']` of `--kopts=quiet`. */
function splitFlag(word: string): [string, string | undefined] {
  const at = word.startsWith('--') ? word.indexOf('=') : -1;
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}
