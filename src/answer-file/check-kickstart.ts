import { KICKSTART_COMMANDS, type KickstartRelease } from './kickstart-commands.ts';
import { type KickstartLine, type KickstartOutline, outlineKickstart } from './kickstart-lines.ts';
import { type AnswerFileProblem, error, warning } from './problem.ts';

interface OptionRule {
  readonly takesValue: boolean;
  readonly required: boolean;
  /** null: every release that has the command. */
  readonly releases: readonly number[] | null;
  readonly deprecated: readonly number[];
}

const DISK_OPTIONS = /^--(drives|only-use|ondisk|ondrive|boot-drive)$/;
const DISK_BY_ORDER = /(^|,|\/)(sd[a-z]+|vd[a-z]+|nvme[0-9]+n[0-9]+)(,|$)/;

/**
 * Checks a kickstart against the commands of a release (null: any known one): sections, commands, options, and
 * what the installer would otherwise stop and ask for.
 */
export function checkKickstart(text: string, release: KickstartRelease | null): AnswerFileProblem[] {
  const outline = outlineKickstart(text);
  return [
    ...outline.problems,
    ...outline.commands.flatMap((command) => checkCommand(command, release)),
    ...checkComplete(outline),
    ...checkDisks(outline),
    ...checkLogin(outline),
  ];
}

function checkCommand(command: KickstartLine, release: KickstartRelease | null): AnswerFileProblem[] {
  const { line, words } = command;
  const [name = ''] = words;
  const rule = KICKSTART_COMMANDS.get(name);
  if (rule === undefined) return [error('unknown-command', line, `unknown command ${plainName(name)}`)];
  const gone = rule.releases.length === 0 || (release !== null && !rule.releases.includes(release));
  if (gone) {
    const where = release === null ? 'any known release' : `release ${release}`;
    return [error('removed-command', line, `${name} is not accepted by ${where}`)];
  }
  const problems = rule.options === undefined ? [] : checkOptions(command, rule.options, release);
  if (release !== null && rule.deprecated?.includes(release))
    problems.push(warning('deprecated-command', line, `${name} is deprecated in release ${release}`));
  return problems;
}

function checkOptions(
  command: KickstartLine,
  table: string,
  release: KickstartRelease | null,
): AnswerFileProblem[] {
  const { line } = command;
  const [name = '', ...words] = command.words;
  const rules = new Map(table.split(' ').map(parseOptionRule));
  const problems: AnswerFileProblem[] = [];
  const given = new Set<string>();
  words.forEach((word, index) => {
    if (!word.startsWith('--')) return;
    const option = word.split('=', 1)[0] ?? word;
    given.add(option);
    const rule = rules.get(option);
    if (rule === undefined || !isAccepted(rule, release))
      problems.push(error('unknown-option', line, `${name} has no option ${plainName(option)} here`));
    else problems.push(...checkOption(name, word, option, words[index + 1], rule, line, release));
  });
  for (const [option, rule] of rules)
    if (rule.required && !given.has(option))
      problems.push(error('missing-option', line, `${name} needs ${option}`));
  return problems;
}

function checkOption(
  command: string,
  word: string,
  option: string,
  next: string | undefined,
  rule: OptionRule,
  line: number,
  release: KickstartRelease | null,
): AnswerFileProblem[] {
  const hasEqual = word.includes('=');
  if (!rule.takesValue && hasEqual)
    return [error('unwanted-value', line, `${command} ${option} takes no value`)];
  // `--ip=` with nothing behind it is a variable that was empty.
  const value = hasEqual ? word.slice(option.length + 1) : next;
  if (rule.takesValue && (value === undefined || value === '' || (!hasEqual && value.startsWith('--'))))
    return [error('missing-value', line, `${command} ${option} needs a value`)];
  if (release !== null && rule.deprecated.includes(release))
    return [warning('deprecated-option', line, `${command} ${option} is deprecated in release ${release}`)];
  return [];
}

/** `--name=!@9,10~10`, see KickstartCommand.options. */
function parseOptionRule(text: string): [string, OptionRule] {
  const parts = /^(--[a-z0-9-]+)(=?)(!?)(?:@([0-9,]+))?(?:~([0-9,]+))?$/i.exec(text);
  if (parts?.[1] === undefined) throw new TypeError(`bad option rule ${text}`);
  return [
    parts[1],
    {
      takesValue: parts[2] === '=',
      required: parts[3] === '!',
      releases: parts[4]?.split(',').map(Number) ?? null,
      deprecated: parts[5]?.split(',').map(Number) ?? [],
    },
  ];
}

function isAccepted(rule: OptionRule, release: KickstartRelease | null): boolean {
  return release === null || rule.releases === null || rule.releases.includes(release);
}

/** What has to be there for an installation without questions. An %include may bring it: then only a warning. */
function checkComplete(outline: KickstartOutline): AnswerFileProblem[] {
  const has = (...names: string[]) => outline.commands.some(({ words }) => names.includes(words[0] ?? ''));
  const image = has('liveimg', 'ostreesetup', 'ostreecontainer', 'bootc');
  const needs: readonly (readonly [boolean, string])[] = [
    [has('rootpw', 'user', 'sshkey'), 'rootpw, user or sshkey'],
    [has('bootloader'), 'bootloader'],
    [has('autopart', 'part', 'partition', 'logvol', 'mount'), 'autopart or part'],
    [image || outline.sections.some(({ name }) => name === '%packages'), '%packages'],
    [has('lang'), 'lang'],
    [has('timezone'), 'timezone'],
  ];
  const problem = outline.includes.length > 0 ? warning : error;
  return needs
    .filter(([there]) => !there)
    .map(([, name]) => problem('missing-command', null, `${name} is missing: the installer would ask`));
}

function checkDisks(outline: KickstartOutline): AnswerFileProblem[] {
  const problems: AnswerFileProblem[] = [];
  let wipesAll: number | null = null;
  let restricted = outline.includes.length > 0;
  for (const { line, words } of outline.commands) {
    const [name, ...options] = words;
    if (name === 'ignoredisk') restricted = true;
    if (name === 'clearpart' && options.includes('--all') && !options.some((o) => o.startsWith('--drives')))
      wipesAll = line;
    if (options.some((option, index) => isDiskByOrder(option, options[index + 1])))
      problems.push(warning('disk-by-name', line, 'a disk is named by its order', 'use /dev/disk/by-id/…'));
  }
  if (wipesAll !== null && !restricted)
    problems.push(warning('wipes-all-disks', wipesAll, 'clearpart --all wipes every disk of the machine'));
  return problems;
}

function isDiskByOrder(option: string, next: string | undefined): boolean {
  const [name = '', value = next ?? ''] = option.split('=', 2);
  return DISK_OPTIONS.test(name) && DISK_BY_ORDER.test(value);
}

function checkLogin(outline: KickstartOutline): AnswerFileProblem[] {
  const rootpw = outline.commands.find(({ words }) => words[0] === 'rootpw');
  const other = outline.commands.some(({ words }) => words[0] === 'user' || words[0] === 'sshkey');
  if (rootpw === undefined) return [];
  const locked = rootpw.words.includes('--lock');
  if (locked && !other && outline.includes.length === 0)
    return [warning('nobody-can-log-in', rootpw.line, 'root is locked and there is no key and no user')];
  if (!locked && !rootpw.words.includes('--iscrypted'))
    return [warning('clear-text-password', rootpw.line, 'a password in the clear', 'use --iscrypted')];
  return [];
}

/** A word of the file for a message, only if it cannot be a value that slipped in. */
function plainName(word: string): string {
  return /^[A-Za-z-]{1,32}$/.test(word) ? word : '(not a name)';
}
