import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CALLS, MODULES, RANDOM_NAMES } from './support/architecture/house.ts';
import { houseFile, RULES } from './support/architecture/rules.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const NOT_OURS = new Set(['node_modules', 'dist', 'data', 'coverage', '.git', '.cache']);

/** Every code file of the project. */
function codeFiles(folder = ''): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : codeFiles(path);
    return /\.[cm]?[jt]sx?$/.test(entry.name) ? [path] : [];
  });
}

const files = codeFiles().map((path) => houseFile(path, readFileSync(join(ROOT, path), 'utf8')));

describe('the house', () => {
  it('is there', () => {
    expect(files.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        'src/domain/network/ipv4.ts',
        'test/architecture.test.ts',
        'scripts/start.mjs',
      ]),
    );
  });

  it('has exceptions for what is there only', () => {
    const named = [...MODULES, ...CALLS, RANDOM_NAMES].flatMap(({ only }) => only);
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  for (const [name, rule] of Object.entries(RULES)) {
    it(name, () => expect(rule(files)).toEqual([]));
  }
});
