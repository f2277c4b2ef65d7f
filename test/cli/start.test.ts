import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PROVISION_COMMAND } from '../support/build.ts';

const CLI = fileURLToPath(new URL('../../src/cli/', import.meta.url));
const STATIC = /^(?:import|export) (?!type\b)[^;]*?from '([^']+)';/gms;

/** The packages that are loaded when a file is, without those of what it loads on demand. */
function packagesOf(entry: string): string[] {
  const packages = new Set<string>();
  const files = new Set<string>();
  const visit = (path: string): void => {
    if (files.has(path)) return;
    files.add(path);
    for (const [, specifier = ''] of readFileSync(path, 'utf8').matchAll(STATIC)) {
      if (specifier.startsWith('.')) visit(join(dirname(path), specifier));
      else if (!specifier.startsWith('node:')) packages.add(specifier);
    }
  };
  visit(join(CLI, entry));
  return [...packages].sort();
}

describe('what the sources load before a command does anything', () => {
  it('is two packages for the command itself', () => {
    expect(packagesOf('main.ts')).toEqual(['commander', 'picocolors']);
  });

  // Building the schemas takes longer than all the rest: they are loaded by what judges, not by what prints help.
  it.each(readdirSync(join(CLI, 'commands')))('is none for %s', (file) => {
    expect(packagesOf(`commands/${file}`)).toEqual([]);
  });
});

/** Runs the built command where it tells what it has loaded: files by their paths, and what of Node. */
const TELLING = `
  process.argv.splice(1, 0, ${JSON.stringify(PROVISION_COMMAND)});
  process.on('exit', () => {
    const loaded = { files: Object.keys(require.cache), node: process.moduleLoadList };
    require('node:fs').writeSync(3, JSON.stringify(loaded));
  });
  require(process.argv[1]);`;

function loadedBy(line: string): { files: string[]; node: string[]; stderr: string } {
  const { stderr, output } = spawnSync(process.execPath, ['-e', TELLING, '--', ...line.split(' ')], {
    env: { PROVISION_SERVER: 'unix:/nowhere.sock' },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  return { ...(JSON.parse(output[3] ?? '') as { files: string[]; node: string[] }), stderr };
}

const HTTP = 'NativeModule http';
const FETCH = 'NativeModule internal/deps/undici/undici';

describe('the built command', () => {
  it('is a program by itself, also after it was built anew under a link to it', () => {
    const { status, stdout } = spawnSync(PROVISION_COMMAND, ['--version'], { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });
});

describe('what the built command loads', () => {
  it.each([
    ['--version', 4],
    ['--help', 4],
    ['system add --help', 18],
    ['apply --help', 8],
  ])('is for %s its own few files, and nothing to talk to a server', (line, most) => {
    const { files, node, stderr } = loadedBy(line);
    expect(stderr).toBe('');
    expect(files.filter((path) => dirname(path) !== dirname(PROVISION_COMMAND))).toEqual([]);
    expect(files.map((path) => basename(path))).not.toContain('zod.cjs');
    expect(files.length).toBeLessThan(most);
    expect(node).not.toContain(HTTP);
  });

  it.each([
    ['system list', 8],
    ['system show web001', 8],
    ['power status web001', 9],
  ])('is for %s what asks a server, without the schemas, YAML and fetch', (line, most) => {
    const { files, node, stderr } = loadedBy(line);
    expect(stderr).toContain('there is no such socket');
    expect(files.filter((path) => dirname(path) !== dirname(PROVISION_COMMAND))).toEqual([]);
    for (const name of ['zod.cjs', 'yaml.cjs'])
      expect(files.map((path) => basename(path))).not.toContain(name);
    expect(files.length).toBeLessThan(most);
    expect(node).toContain(HTTP);
    expect(node).not.toContain(FETCH);
  });

  it('is the schemas where input is judged', () => {
    const { files } = loadedBy('system edit web001 --comment x');
    expect(files.map((path) => basename(path))).toContain('zod.cjs');
  });
});
