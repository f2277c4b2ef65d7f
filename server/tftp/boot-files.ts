import { parseIpv4 } from '../../src/domain/network/ipv4.ts';
import type { BootFileService } from '../../src/services/boot/boot-files.ts';
import type { Files } from '../files.ts';
import type { TftpFind } from './lookup.ts';

/**
 * The names that loaders ask for, by TFTP: the same files as by HTTP, from memory. A kernel or initrd of more than
 * `fileBytes` goes by HTTP only (F28).
 */
export function bootFilesByTftp(
  bootFiles: BootFileService,
  files: Pick<Files, 'readWhole'>,
  { httpPort, fileBytes }: { readonly httpPort: number; readonly fileBytes: number },
): TftpFind {
  return async (name, client) => {
    const address = parseIpv4(client.address);
    const own = parseIpv4(client.server);
    if (address === undefined || own === undefined) return { missing: 'not asked by IPv4' };
    const found = await bootFiles.find(name, { address, server: { address: own, httpPort } });
    if (found.kind === 'none') return { missing: found.refusal.reason, isOptional: found.isOptional };
    if (found.kind === 'bytes') return { name, bytes: found.bytes };
    const bytes = await files.readWhole(found.path, fileBytes);
    if (bytes !== undefined) return { name, bytes };
    return {
      missing: `it is larger than TFTP carries (${fileBytes} bytes, tftp.maxFileMegabytes): it goes by HTTP only`,
    };
  };
}
