import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLoaders } from '../../server/loaders.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'provision-loaders-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

test('a file that many ask for at once is read once, and again when it has changed', async () => {
  const path = join(folder, 'snponly.efi');
  const loaders = createLoaders(folder, () => []);
  const ask = () => Promise.all(Array.from({ length: 5 }, () => loaders.find('snponly.efi')));
  writeFileSync(path, 'MZ one');
  const first = await ask();
  expect(first.map(String)).toEqual(Array(5).fill('MZ one'));
  for (const bytes of [...first, ...(await ask())]) expect(bytes).toBe(first[0]);
  writeFileSync(path, 'MZ two');
  utimesSync(path, 1, 1);
  expect(String(await loaders.find('snponly.efi'))).toBe('MZ two');
  expect(String(first[0])).toBe('MZ one');
});

test('a name that is not on the list is not looked for, whatever lies there', async () => {
  writeFileSync(join(folder, 'secret.key'), 'x');
  expect(await createLoaders(folder, () => []).find('secret.key')).toBeUndefined();
});
