import { expect, test } from 'vitest';
import { findSteps, hasQuestion } from '../lab/installer-console.ts';
import { visibleLines } from '../lab/watch.ts';

/** As Debian's installer writes it: inside GNU screen, whose status line interrupts a progress line. */
const PROGRESS =
  'Checking the Debian archive mirror  ... 25%... 50%... 75%... 100%\r\n' +
  'Loading additional components  \u001b[H\u001b[7m\u001b[m\u001b[32m[           (\u001b[37m1*installer)  2 shell ]' +
  '[ Nov 22  9:52 ]\u001b[9;32H\u001b[0m... 1%... 11%\r\n\r\nInstalling the base system  ... 6%\r\n';

test('a console is read without its terminal control', () => {
  expect(visibleLines('\u001b[7B\u001b[0mChecking\u001b(B the mirror\r\n   \r\n\u001bcnext')).toEqual([
    'Checking the mirror',
    'next',
  ]);
});

test('the longer steps are found', () => {
  expect(findSteps(visibleLines(PROGRESS))).toEqual([
    'Loading additional components',
    'Installing the base system',
  ]);
});

test.each([
  { name: 'progress', text: PROGRESS, question: false },
  { name: 'the status line', text: '[  (1*installer)  2 shell ][ Nov 22  9:52 ]', question: false },
  { name: 'an error', text: '!! ERROR: Install the system\r\n', question: true },
  { name: 'a dialog', text: '  [!!] Partition disks\r\n', question: true },
  { name: 'a dialog of less weight', text: '[!] Configure the clock\r\n', question: true },
  { name: 'its prompt', text: "Prompt: '?' for help> ", question: true },
])('a question is told from $name', ({ text, question }) => {
  expect(hasQuestion(visibleLines(text))).toBe(question);
});
