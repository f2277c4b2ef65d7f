import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

interface PackageTools {
  unpackPackage(name: string, cacheDir: string): string;
}

/**
 * Makes a Debian package's files available without installing it: the folder that it was unpacked into.
 * The agent's build script (plain JavaScript, outside the compiled tree) does the work for both.
 */
export async function unpackPackage(root: string, name: string, cacheDir: string): Promise<string> {
  const module = pathToFileURL(join(root, 'scripts/agent/packages.mjs')).href;
  const tools = (await import(module)) as PackageTools;
  return tools.unpackPackage(name, join(cacheDir, 'packages'));
}
