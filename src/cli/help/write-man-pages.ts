import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAllCommands } from '../command-table.ts';
import { manPages } from './man-page.ts';

/** A program of the build: writes the manual into a folder. Its arguments are the folder and the path of package.json. */
const [folder = 'dist/man/man1', manifest = 'package.json'] = process.argv.slice(2);
const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
mkdirSync(folder, { recursive: true });
for (const { file, text } of manPages(await loadAllCommands(), version))
  writeFileSync(join(folder, file), text);
