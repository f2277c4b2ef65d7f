import { parseIpv4 } from '../../src/domain/ipv4.ts';
import type { BootFileService } from '../../src/services/boot-files.ts';
import type { Files } from '../files.ts';
import type { TftpFind } from './lookup.ts';

/** Largest kernel or initrd to read into memory for TFTP, in bytes (F28): HTTP sends what is larger. */
const LARGEST_FILE_BYTES = 32 * 1024 * 1024;

/** The names that loaders ask for, by TFTP: the same files as by HTTP, from memory. */
export function bootFilesByTftp(
  bootFiles: BootFileService,
  files: Pick<Files, 'readWhole'>,
  httpPort: number,
): TftpFind {
  return async (name, client) => {
    const address = parseIpv4(client.address);
    const own = parseIpv4(client.server);
    if (address === undefined || own === undefined) return { missing: 'not asked by IPv4' };
    const found = await bootFiles.find(name, { address, server: { address: own, httpPort } });
    if (found.kind === 'none') return { missing: found.refusal.reason, isOptional: found.isOptional };
    if (found.kind === 'bytes') return { name, bytes: found.bytes };
    const bytes = await files.readWhole(found.path, LARGEST_FILE_BYTES);
    if (bytes !== undefined) return { name, bytes };
    return { missing: `it is larger than TFTP carries (${LARGEST_FILE_BYTES} bytes): it goes by HTTP only` };
  };
}
