import { basename, join } from 'node:path';
import { LOADER_FILES } from '../../src/boot/loaders.ts';
import type { Lab, Site } from './lab.ts';
import { unpackPackages } from './packages.ts';

/** The path of a file of a package, which is unpacked for it and not installed. */
export async function loaderFile(
  { root, cacheDir }: Pick<Lab, 'root' | 'cacheDir'>,
  packageName: string,
  path: string,
): Promise<string> {
  const folders = await unpackPackages(root, [packageName], cacheDir);
  return join(folders[packageName] ?? '', path);
}

/** Installs the loaders that the scenario needs as a user would who has their files, with the package's version. */
export async function installLoaders(lab: Lab, site: Site): Promise<void> {
  for (const name of lab.scenario.loaders) {
    const source = LOADER_FILES.find((file) => file.name === name)?.debian;
    if (source == null) throw new Error(`no package has the loader ${name}`);
    const folders = await unpackPackages(lab.root, [source.package], lab.cacheDir);
    const folder = folders[source.package] ?? '';
    // the cache names a folder by package and version
    const version = basename(folder).slice(source.package.length + 1);
    const file = ['--file', join(folder, source.path), '--as', name, '--version', version];
    await site.command.run('loaders', 'install', ...file);
  }
}
