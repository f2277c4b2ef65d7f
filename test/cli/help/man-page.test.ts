import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../../src/cli/exit-codes.ts';
import { NOUN_SUMMARIES } from '../../../src/cli/help/help-text.ts';
import { manPages } from '../../../src/cli/help/man-page.ts';
import { hasCommand } from '../../support/has-command.ts';
import { COMMANDS } from '../../support/parse-line.ts';

const pages = manPages(COMMANDS, '1.2.3');
const textOf = (file: string) => pages.find((one) => one.file === file)?.text ?? '';

describe('the manual', () => {
  it('has a page for the command and one a noun', () => {
    expect(pages.map(({ file }) => file)).toEqual([
      'provision.1',
      ...Object.keys(NOUN_SUMMARIES).map((noun) => `provision-${noun}.1`),
    ]);
  });

  it('has every command with its flags and examples', () => {
    for (const { path, flags, examples } of COMMANDS) {
      const text = textOf(path.length === 1 ? 'provision.1' : `provision-${path[0]}.1`)
        .replaceAll('\\-', '-')
        .replaceAll('\\(dq', '"');
      expect(text).toContain(`.Ss provision ${path.join(' ')}`);
      for (const { flag } of flags) expect(text).toContain(flag);
      for (const example of examples) expect(text).toContain(example);
    }
  });

  it('and the documentation say every exit code', () => {
    const doc = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8');
    for (const code of Object.values(EXIT)) {
      expect(doc).toContain(`\n| ${code} | `);
      for (const { text } of pages) expect(text).toContain(`.It ${code}\n`);
    }
  });

  it.runIf(hasCommand('mandoc'))('is what mandoc reads without a warning', () => {
    for (const { file, text } of pages) {
      const { stdout } = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning'], {
        input: text,
        encoding: 'utf8',
      });
      expect(`${file}: ${stdout}`).toBe(`${file}: `);
    }
  });
});
