import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it.each(readdirSync('docs').map((name) => `docs/${name}`))('the tests that %s names are there', (path) => {
  const named = [...readFileSync(path, 'utf8').matchAll(/`(test\/[\w./-]+\.test\.ts)`/g)].map(
    ([, file = '']) => file,
  );
  expect(named.filter((file) => !existsSync(file))).toEqual([]);
});
