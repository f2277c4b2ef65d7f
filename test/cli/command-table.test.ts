import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../src/cli/command-line.ts';
import { COMMAND_TABLE } from '../../src/cli/command-table.ts';
import { NOUN_SUMMARIES, WORD_SUMMARIES } from '../../src/cli/help/help-text.ts';
import { tokenInput, userInput } from '../../src/domain/access/credential.ts';
import { installInput } from '../../src/domain/install/install-input.ts';
import { subnetInput } from '../../src/domain/network/subnet.ts';
import { distroInput } from '../../src/domain/records/distro.ts';
import { profileInput } from '../../src/domain/records/profile.ts';
import { settingsInput } from '../../src/domain/records/settings.ts';
import { systemInput } from '../../src/domain/records/system.ts';
import { bulkInput } from '../../src/services/install-queue/bulk-input.ts';
import { powerInput } from '../../src/services/power/power-requests.ts';
import { COMMANDS, parseLine } from '../support/parse-line.ts';

describe('the table of commands', () => {
  it.each(COMMANDS.map((command) => [command.path.join(' '), command] as const))(
    '%s has help with examples, and its examples are command lines',
    (path, command) => {
      const help = parseCommandLine(['help', ...command.path], COMMANDS, {});
      const same = parseCommandLine([...command.path, '--help'], COMMANDS, {});
      expect(help).toEqual(same);
      if (help.kind !== 'help') throw new Error('no help');
      expect(help.text).toContain(`Usage: provision ${path} `);
      expect(command.examples.length).toBeGreaterThan(0);
      for (const example of command.examples) {
        expect(help.text).toContain(`  $ ${example}\n`);
        for (const line of example.split(/ (?:\||&&) /).filter((part) => part.startsWith('provision '))) {
          expect(
            parseLine(line.slice('provision '.length).replace(/ [<>] .*/, '')).command.path,
          ).toBeDefined();
        }
      }
      expect(example(command.examples)).toBe(path);
    },
  );

  it('says the path and the summary of each as the command itself does', () => {
    expect(COMMAND_TABLE.map(({ path }) => path)).toEqual(COMMANDS.map(({ path }) => path));
    const words = COMMANDS.filter(({ path }) => path.length === 1);
    expect(WORD_SUMMARIES).toEqual(Object.fromEntries(words.map(({ path, summary }) => [path[0], summary])));
    const nouns = COMMANDS.filter(({ path }) => path.length > 1).map(({ path }) => path[0]);
    expect(new Set(nouns)).toEqual(new Set(Object.keys(NOUN_SUMMARIES)));
  });

  /** The command that the first example shows. */
  function example(examples: readonly string[]): string {
    const line = examples[0]?.split(' | ').at(-1)?.replace(/ > .*/, '') ?? '';
    return parseLine(line.slice('provision '.length)).command.path.join(' ');
  }

  it('maps flags only to fields that records have', () => {
    const shapes: Readonly<Record<string, readonly string[]>> = {
      distro: Object.keys(distroInput.shape),
      profile: [...Object.keys(profileInput.shape), 'from'],
      subnet: Object.keys(subnetInput.shape),
      system: [...Object.keys(systemInput.shape), 'role', ...Object.keys(installInput.shape)],
      install: [...Object.keys(bulkInput.shape), 'system', 'batch', 'state', 'limit', 'to', 'queuedOnly'],
      setup: ['name'],
      loaders: ['names', 'name', 'version', 'file'],
      power: [
        ...Object.keys(powerInput.shape),
        'device',
        'persistent',
        'firmware',
        'httpBootUri',
        'seconds',
        'limit',
      ],
      bmc: ['limit'],
      handoff: ['check', 'limit', ...Object.keys(powerInput.shape)],
      notification: ['limit'],
      token: Object.keys(tokenInput.shape),
      user: [...Object.keys(userInput.shape), 'disabled'],
      audit: ['limit'],
    };
    const settings = Object.keys(settingsInput.shape);
    for (const { path, flags } of COMMANDS) {
      for (const field of flags.flatMap((flag) => flag.fields ?? [])) {
        const [first = '', second] = field.split('.');
        expect(shapes[path[0] ?? ''], `${path.join(' ')}: ${field}`).toContain(first);
        if (first === 'settings' && second !== undefined) expect(settings).toContain(second);
      }
    }
  });

  it('shows the root help for nothing, help and --help', () => {
    const help = parseCommandLine([], COMMANDS, {});
    expect(parseCommandLine(['help'], COMMANDS, {})).toEqual(help);
    expect(parseCommandLine(['--help'], COMMANDS, {})).toEqual(help);
    expect(help.kind === 'help' && help.text).toContain('Exit codes:');
  });
});
