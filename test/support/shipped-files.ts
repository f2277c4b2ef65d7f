import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A file of kickstarts/ or profiles/, by its path from the project's folder. */
export function shippedFile(path: string): string {
  return readFileSync(`${ROOT}${path}`, 'utf8');
}

/** The names in a shipped folder. */
export function shippedNames(folder: string): string[] {
  return readdirSync(`${ROOT}${folder}`, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
    .sort();
}

/** Answer files that tests install by, with all snippets. */
export function shippedTemplates(): Map<string, string> {
  const names = ['debian-13.preseed', 'image-deploy.sh'];
  return new Map([
    ...names.map((name) => [name, shippedFile(`kickstarts/${name}`)] as const),
    ...shippedSnippets(),
  ]);
}

/** The snippets under the names by which templates include them. */
export function shippedSnippets(): Map<string, string> {
  const names = shippedNames('kickstarts/snippets');
  return new Map(names.map((name) => [`snippets/${name}`, shippedFile(`kickstarts/snippets/${name}`)]));
}
