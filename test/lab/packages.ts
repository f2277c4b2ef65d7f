import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

interface PackageTools {
  unpackPackages(names: readonly string[], cacheDir: string): string[];
}

/**
 * Makes the files of Debian packages available without installing them: the folders that they were unpacked into, by
 * package name. The agent's build script (plain JavaScript, outside the compiled tree) does the work for both.
 */
export async function unpackPackages<Name extends string>(
  root: string,
  names: readonly Name[],
  cacheDir: string,
): Promise<Record<Name, string>> {
  const module = pathToFileURL(join(root, 'scripts/agent/packages.mjs')).href;
  const tools = (await import(module)) as PackageTools;
  const folders = tools.unpackPackages(names, join(cacheDir, 'packages'));
  return Object.fromEntries(names.map((name, index) => [name, folders[index]])) as Record<Name, string>;
}
