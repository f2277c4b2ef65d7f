import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitWords } from '../../src/answer-file/kickstart-lines.ts';
import { checkPreseedValue, quoteForKickstart, quoteForShell } from '../../src/answer-file/quoting.ts';
import { hasCommand } from '../support/has-command.ts';

/** What a shell makes of one word each. */
function throughShell(shell: readonly string[], values: readonly string[]): string[] {
  const [command = 'sh', ...args] = shell;
  const script = values.map((value) => `printf '%s\\n' ${quoteForShell(value)}\n`).join('');
  return execFileSync(command, args, { input: script, encoding: 'utf8' }).split('\n').slice(0, -1);
}

const SHELLS = [['sh'], ...(hasCommand('busybox') ? [['busybox', 'ash']] : []), ['bash', '--posix']];

const HOSTILE = [
  '',
  "'",
  "''",
  "it's",
  "'; rm -rf / #",
  '$(id)',
  '`id`',
  '$HOME',
  '$(($x))',
  '\\',
  "\\'",
  '"',
  '*',
  '~',
  '-n',
  '%s%n',
  ' leading and trailing ',
  '!history',
  'größe 日本 🚀',
  '&& ||; > /dev/null',
];

/** Printable text with much of what means something to shells. */
const texts = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...'\'"\\$`!*?[]{}()<>|&;#~=%@ -'),
    fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCodePoint(code)),
    fc.integer({ min: 0xa0, max: 0xd7ff }).map((code) => String.fromCodePoint(code)),
  ),
  maxLength: 40,
});

describe('quoteForShell', () => {
  test.each(SHELLS)('%s %s reads back what was quoted', (...shell) => {
    expect(throughShell(shell.filter(Boolean), HOSTILE)).toEqual(HOSTILE);
  });

  test('a shell reads back any printable text', () => {
    fc.assert(
      fc.property(fc.array(texts, { minLength: 20, maxLength: 60 }), (values) => {
        expect(throughShell(['sh'], values)).toEqual(values);
      }),
      { seed: 20_251, numRuns: 40 },
    );
  });

  test.each(['a\nb', 'a\rb', 'a\0b', '\u001b[0m', 'a\tb', '\u007f'])('refuses %j', (value) => {
    expect(() => quoteForShell(value)).toThrow('line break or control character');
  });
});

describe('quoteForKickstart', () => {
  test('the words that anaconda splits are what was quoted', () => {
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        const line = `sshkey --username=root ${quoteForKickstart(a)} --x=${quoteForKickstart(b)}`;
        expect(splitWords(line)).toEqual(['sshkey', '--username=root', a, `--x=${b}`]);
      }),
      { seed: 20_252, numRuns: 500 },
    );
  });

  test('a line break cannot end the section', () => {
    expect(() => quoteForKickstart('x\n%end\nreboot')).toThrow('ksquote');
  });
});

describe('checkPreseedValue', () => {
  test.each(['', 'a b', '$6$x$y', "it's \\ fine"])('lets %j through as it is', (value) => {
    expect(checkPreseedValue(value)).toBe(value);
  });

  test.each([' a', 'a ', 'a\nd-i b string c', 'a\\', '\u00a0a'])('refuses %j', (value) => {
    expect(() => checkPreseedValue(value)).toThrow('preseed');
  });
});
