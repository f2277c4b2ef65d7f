// @ts-check
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './root.mjs';

/** Writes the manual of the built command to dist/man/man1: `man -M dist/man provision`. */
export async function writeManPages() {
  const { loadAllCommands } = await import(join(ROOT, 'dist/src/cli/command-table.js'));
  const { manPages } = await import(join(ROOT, 'dist/src/cli/man-page.js'));
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const folder = join(ROOT, 'dist/man/man1');
  mkdirSync(folder, { recursive: true });
  for (const { file, text } of manPages(await loadAllCommands(), version))
    writeFileSync(join(folder, file), text);
}
