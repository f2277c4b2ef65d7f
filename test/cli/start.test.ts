import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const CLI = fileURLToPath(new URL('../../src/cli/', import.meta.url));
const STATIC = /^(?:import|export) (?!type\b)[^;]*?from '([^']+)';/gms;

/** What is loaded when a file is: the packages, and how many files of ours, without what is loaded on demand. */
function loadedBy(...entries: readonly string[]): { packages: string[]; files: number } {
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
  for (const entry of entries) visit(join(CLI, entry));
  return { packages: [...packages].sort(), files: files.size };
}

describe('what is loaded before the command does anything', () => {
  it('is neither the schemas nor YAML, for help, the version and lists', () => {
    const { packages, files } = loadedBy('main.ts', 'commands/record-list.ts', 'record-views.ts');
    expect(packages).toEqual(['commander', 'picocolors']);
    expect(files).toBeLessThan(70);
  });

  it.each([
    'record-show',
    'record-remove',
    'record-find',
    'power-order',
    'power-status',
    'system-lock',
    'system-cancel',
    'whoami',
    'status',
    'doctor',
  ])('is not the schemas for %s', (command) => {
    expect(loadedBy(`commands/${command}.ts`).packages).toEqual([]);
  });

  it('is the schemas where input is judged', () => {
    expect(loadedBy('commands/system-add.ts').packages).toEqual(['zod']);
  });
});
