/** POSIX ustar (IEEE Std 1003.1 pax, "ustar Interchange Format"): blocks of 512 bytes, one header a file. */
export const BLOCK_BYTES = 512;
/** Two blocks of zeros end an archive. */
export const END_BYTES = 2 * BLOCK_BYTES;
/** Eleven octal digits. */
const MAX_FILE_BYTES = 8 ** 11 - 1;

const FIELDS = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  magic: [257, 8],
} as const;
const REGULAR_FILE = '0';
const MAGIC = 'ustar\u000000';

export interface TarEntry {
  /** At most 100 characters of ASCII. */
  readonly name: string;
  readonly bytes: number;
  readonly mtimeSeconds: number;
}

/** The header of a regular file of mode 0600. Throws RangeError for what does not fit. */
export function encodeTarHeader({ name, bytes, mtimeSeconds }: TarEntry): Buffer {
  if (!/^[\x21-\x7e]{1,100}$/.test(name)) throw new RangeError(`no name for an archive: ${name}`);
  if (bytes > MAX_FILE_BYTES) throw new RangeError(`${bytes} bytes do not fit into an archive of this kind`);
  const header = Buffer.alloc(BLOCK_BYTES);
  const put = (field: keyof typeof FIELDS, text: string) =>
    void header.write(text, FIELDS[field][0], 'latin1');
  const octal = (value: number, field: keyof typeof FIELDS) =>
    put(field, value.toString(8).padStart(FIELDS[field][1] - 1, '0'));
  put('name', name);
  octal(0o600, 'mode');
  octal(0, 'uid');
  octal(0, 'gid');
  octal(bytes, 'size');
  octal(mtimeSeconds, 'mtime');
  put('type', REGULAR_FILE);
  put('magic', MAGIC);
  put('checksum', `${checksumOf(header).toString(8).padStart(6, '0')}\0 `);
  return header;
}

/** One header; null for the end of the archive. Throws RangeError for anything but a regular file's. */
export function decodeTarHeader(header: Buffer): TarEntry | null {
  if (header.length !== BLOCK_BYTES) throw new RangeError('the archive ends in the middle');
  if (header.every((byte) => byte === 0)) return null;
  const text = (field: keyof typeof FIELDS): string => {
    const [at, length] = FIELDS[field];
    return header.toString('latin1', at, at + length).replace(/[\0 ].*$/s, '');
  };
  const number = (field: keyof typeof FIELDS): number =>
    /^[0-7]+$/.test(text(field)) ? Number.parseInt(text(field), 8) : Number.NaN;
  if (number('checksum') !== checksumOf(header)) throw new RangeError('is no archive, or is damaged');
  const entry = { name: text('name'), bytes: number('size'), mtimeSeconds: number('mtime') };
  if (text('type') !== REGULAR_FILE || Number.isNaN(entry.bytes + entry.mtimeSeconds))
    throw new RangeError(`holds '${entry.name}', which is no plain file`);
  return entry;
}

/** Zeros that fill a file's last block. */
export function paddingOf(bytes: number): number {
  return (BLOCK_BYTES - (bytes % BLOCK_BYTES)) % BLOCK_BYTES;
}

/** The sum of all bytes, those of the field itself taken as spaces. */
function checksumOf(header: Buffer): number {
  const [at, length] = FIELDS.checksum;
  return header.reduce((sum, byte, index) => sum + (index >= at && index < at + length ? 0x20 : byte), 0);
}
