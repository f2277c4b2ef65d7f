import { bootProblems } from '../../boot/boot-problems.ts';
import { canFetchByHttp, filesOfLoader } from '../../boot/loaders.ts';
import type { Problem } from '../../domain/errors.ts';
import type { Distro } from '../../domain/records/distro.ts';
import type { System } from '../../domain/records/system.ts';
import type { FileFacts } from '../distros.ts';
import type { FindLoader } from './boot-files.ts';

/**
 * What is in the way of an install by the loader that the records choose; looked at when the install is armed.
 * `tftpFileBytes`: the largest file that goes by TFTP.
 */
export function bootReadiness(
  findLoader: FindLoader,
  files: Pick<FileFacts, 'inspect'>,
  tftpFileBytes: number,
) {
  const sizeOf = async (path: string): Promise<number> => {
    const facts = await files.inspect(path);
    return 'refused' in facts ? 0 : facts.size;
  };
  return async (system: System, distro: Distro, kernelArgs: readonly string[]): Promise<Problem[]> => {
    const loader = system.effective.loader.value;
    const installed = new Set<string>();
    const withoutHttp: string[] = [];
    for (const name of filesOfLoader(loader)) {
      const bytes = await findLoader(name);
      if (bytes === undefined) continue;
      installed.add(name);
      if (!canFetchByHttp(name, bytes)) withoutHttp.push(name);
    }
    return bootProblems({
      system: system.name,
      loader,
      distroArch: distro.arch,
      kernelArgs,
      isInstalled: (name) => installed.has(name),
      withoutHttp,
      tftpFileBytes,
      fileBytes: { kernel: await sizeOf(distro.kernel), initrd: await sizeOf(distro.initrd) },
    });
  };
}
