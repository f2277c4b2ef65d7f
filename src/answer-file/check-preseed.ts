import { type AnswerFileProblem, error, warning } from './problem.ts';

/** debconf's types; `seen` is the flag that debconf-set-selections(1) sets in the same form. */
const TYPES: ReadonlySet<string> = new Set([
  'string',
  'boolean',
  'select',
  'multiselect',
  'password',
  'note',
  'text',
  'error',
  'title',
  'seen',
]);

interface Answer {
  readonly line: number;
  readonly type: string;
  readonly value: string;
}

type Answers = ReadonlyMap<string, Answer>;

/** Checks a preseed: every line is `owner question type value`, and what the installer would ask is answered. */
export function checkPreseed(text: string): AnswerFileProblem[] {
  const problems: AnswerFileProblem[] = [];
  const answers = new Map<string, Answer>();
  for (const { line, text: content } of logicalLines(text, problems)) {
    const fields = /^(\S+)\s+(\S+)\s+(\S+)(?:\s(.*))?$/s.exec(content.trimStart());
    const [, owner, question, type, value = ''] = fields ?? [];
    if (owner === undefined || question === undefined || type === undefined) {
      problems.push(error('malformed-line', line, 'the line is not "owner question type value"'));
      continue;
    }
    problems.push(...checkAnswer({ line, type, value }, answers.get(question)));
    if (type !== 'seen') answers.set(question, { line, type, value });
  }
  return [...problems, ...checkMirror(answers), ...checkPartman(answers), ...checkAccounts(answers)];
}

/** Lines with their continuations, comments and blank lines left out. */
function logicalLines(text: string, problems: AnswerFileProblem[]): { line: number; text: string }[] {
  const result: { line: number; text: string }[] = [];
  let open: { line: number; text: string } | null = null;
  for (const [index, raw] of text.split('\n').entries()) {
    // debconf joins before it looks for comments, so a `#` line inside a command does not end it.
    if (open === null && (raw.trim() === '' || raw.trimStart().startsWith('#'))) continue;
    const joined: { line: number; text: string } =
      open === null ? { line: index + 1, text: raw } : { ...open, text: `${open.text}${raw}` };
    if (joined.text.endsWith('\\')) open = { ...joined, text: joined.text.slice(0, -1) };
    else {
      result.push(joined);
      open = null;
    }
  }
  if (open !== null) problems.push(error('open-line', open.line, 'the last line ends with a backslash'));
  return result;
}

function checkAnswer(answer: Answer, earlier: Answer | undefined): AnswerFileProblem[] {
  const { line, type, value } = answer;
  const problems: AnswerFileProblem[] = [];
  if (!TYPES.has(type))
    problems.push(error('unknown-type', line, 'unknown question type', `one of ${[...TYPES].join(', ')}`));
  if ((type === 'boolean' || type === 'seen') && !/^(true|false)$/.test(value))
    problems.push(error('bad-boolean', line, 'a boolean answer is exactly true or false'));
  if (earlier !== undefined && type !== 'seen') {
    const same = earlier.value === value && earlier.type === type;
    const message = `the question was already answered in line ${earlier.line}`;
    problems.push(same ? warning('duplicate', line, message) : error('contradiction', line, message));
  }
  return problems;
}

function checkMirror(answers: Answers): AnswerFileProblem[] {
  const named = ['http', 'https', 'ftp'].some((kind) => isAnswered(answers, `mirror/${kind}/hostname`));
  const country = answers.get('mirror/country')?.value;
  if (named || (country !== undefined && country !== 'manual')) return [];
  return [missing('mirror/http/hostname', 'which mirror to install from')];
}

function checkPartman(answers: Answers): AnswerFileProblem[] {
  const problems: AnswerFileProblem[] = [];
  if (!isAnswered(answers, 'partman-auto/method'))
    problems.push(missing('partman-auto/method', 'how to partition'));
  for (const question of ['partman/confirm', 'partman/confirm_nooverwrite'])
    if (answers.get(question)?.value !== 'true')
      problems.push(missing(question, 'whether to write to the disk (true)'));
  const disk = answers.get('partman-auto/disk');
  if (disk !== undefined && /^\/dev\/(sd[a-z]|vd[a-z]|nvme[0-9]+n[0-9]+)/.test(disk.value))
    problems.push(
      warning('disk-by-name', disk.line, 'the disk is named by its order', 'use /dev/disk/by-id/…'),
    );
  return problems;
}

function checkAccounts(answers: Answers): AnswerFileProblem[] {
  const problems: AnswerFileProblem[] = [];
  for (const question of ['passwd/root-password', 'passwd/user-password']) {
    const answer = answers.get(question);
    if (answer !== undefined && answer.value !== '')
      problems.push(
        warning('clear-text-password', answer.line, 'a password in the clear', `use ${question}-crypted`),
      );
  }
  const root = ['passwd/root-password-crypted', 'passwd/root-password'];
  const user = ['passwd/user-password-crypted', 'passwd/user-password'];
  const rootLogin = answers.get('passwd/root-login')?.value !== 'false';
  const makeUser = answers.get('passwd/make-user')?.value !== 'false';
  if (rootLogin && !root.some((question) => isAnswered(answers, question)))
    problems.push(missing('passwd/root-password-crypted', 'the password of root'));
  if (makeUser && !user.some((question) => isAnswered(answers, question)))
    problems.push(missing('passwd/user-password-crypted', 'the password of the user'));
  if (!rootLogin && !makeUser)
    problems.push(error('no-account', null, 'neither root nor a user may log in', 'allow one of them'));
  return problems;
}

function isAnswered(answers: Answers, question: string): boolean {
  return (answers.get(question)?.value ?? '').trim() !== '';
}

function missing(question: string, what: string): AnswerFileProblem {
  return error('missing-answer', null, `${question} is not answered: the installer would ask ${what}`);
}
