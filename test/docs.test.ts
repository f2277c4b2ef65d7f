import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readCommandLine } from '../server/command-line.ts';
import { parseConfig } from '../src/config.ts';
import { docExamples } from './support/doc-examples.ts';
import { parseLine } from './support/parse-line.ts';

const DOCS = ['README.md', ...readdirSync('docs').map((name) => `docs/${name}`)];

it.each(DOCS)('the tests that %s names are there', (path) => {
  const named = [...readFileSync(path, 'utf8').matchAll(/`(test\/[\w./-]+\.test\.ts)`/g)].map(
    ([, file = '']) => file,
  );
  expect(named.filter((file) => !existsSync(file))).toEqual([]);
});

/** What is run, and how it ends, is for test/interop/doc-examples.test.ts: these need machines that there are none of. */
describe('the commands of docs/operations.md', () => {
  const commands = docExamples('docs/operations.md').flatMap(({ line, at }) =>
    line
      .split(/ (?:&&|\|) /)
      .map((command) => ({ at, command: command.replace(/^docker compose exec \w+ /, '') })),
  );
  const of = (program: string) => commands.filter(({ command }) => command.startsWith(`${program} `));

  it.each(of('provision'))('line $at: $command', ({ command }) => {
    expect(parseLine(command.slice('provision '.length)).kind).toBe('run');
  });

  it.each(of('provisiond'))('line $at: $command', ({ command }) => {
    expect(readCommandLine(command.split(' ').slice(1), {})).toBeDefined();
  });

  it('are many', () => expect(of('provision').length).toBeGreaterThan(35));
});

describe('the configuration that docs/operations.md shows', () => {
  const SECTION = /^(handoff|backup|installs|notify|http|boot|files|tftp|dhcp|syslog|power|loaders|log):/;
  const text = readFileSync('docs/operations.md', 'utf8').replace(
    /^```yaml\n([\s\S]*?)^```$/gm,
    (_, yaml: string) => yaml.replaceAll(/^(?=.)/gm, '    '),
  );
  const blocks = [...text.matchAll(/(?:^ {4}.*\n)+/gm)]
    .map(([block]) => block.replaceAll(/^ {4}/gm, ''))
    .filter((block) => SECTION.test(block));

  it.each(blocks)('is taken: %s', (block) => {
    expect(() => parseConfig(block, {})).not.toThrow();
  });

  it('is much', () => expect(blocks.length).toBeGreaterThan(5));
});
