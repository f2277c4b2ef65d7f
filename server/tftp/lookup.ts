/** Who asks for a file. */
export interface TftpClient {
  /** Source address of the request, as text. */
  readonly address: string;
  /** Our own address that was asked, as text. */
  readonly server: string;
  /** The machine that has this address by record or lease, `aa:bb:cc:dd:ee:ff`; undefined for a stranger. */
  readonly mac: string | undefined;
}

/** A file to send, from memory: cached, or made for this request. The bytes must not change afterwards. */
export interface TftpFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** There is no such file for this client, and why, in words for the timeline; the client hears "file not found". */
export interface TftpMissing {
  readonly missing: string;
  /** The loader goes on without it, so nobody needs to read of it. */
  readonly isOptional?: boolean;
}

/**
 * Finds the file of a logical name (see src/tftp/path.ts) at the moment of the request. The name is a key of a map,
 * never a path. Rejects only where something is broken.
 */
export type TftpFind = (name: string, client: TftpClient) => Promise<TftpFile | TftpMissing>;

/** What is the same for every machine: bytes by name. `missing` is the reason where there are none. */
export function sameForAll(
  bytesOf: (name: string) => Promise<Buffer | undefined>,
  missing: string,
): TftpFind {
  return async (name) => {
    const bytes = await bytesOf(name);
    return bytes === undefined ? { missing } : { name, bytes };
  };
}

/** Asks each in turn; the first file counts. Where nobody has one, all the reasons are told. */
export function firstFound(finds: readonly TftpFind[]): TftpFind {
  return async (name, client) => {
    const reasons: string[] = [];
    for (const find of finds) {
      const found = await find(name, client);
      if (!('missing' in found)) return found;
      if (!reasons.includes(found.missing)) reasons.push(found.missing);
    }
    return { missing: reasons.join('; ') };
  };
}

/**
 * Asks for the name as it came, then in lower case: firmware that writes its own second-stage names does it in DOS
 * spelling (`GRUBX64.EFI`), and every name of ours that has letters of both cases is found at the first try.
 */
export function inAnyCase(find: TftpFind): TftpFind {
  return async (name, client) => {
    const found = await find(name, client);
    const lower = name.toLowerCase();
    if (!('missing' in found) || lower === name) return found;
    const again = await find(lower, client);
    return 'missing' in again ? found : again;
  };
}
