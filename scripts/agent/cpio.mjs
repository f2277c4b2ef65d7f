// A writer for the initramfs format of Linux: cpio "newc" (Documentation/driver-api/early-userspace/buffer-format).

/** @typedef {{ path: string, mode: number, body: Buffer }} Entry  mode includes the file type bits */

export const DIRECTORY = 0o040755;
export const PROGRAM = 0o100755;
export const FILE = 0o100644;
export const SYMLINK = 0o120777;

const align = (length) => (4 - (length % 4)) % 4;

/** One archive of these entries, in this order; a directory must come before what lies in it. */
export function encodeCpio(entries) {
  const parts = [];
  entries.forEach((entry, index) => {
    parts.push(...encodeEntry(entry, index + 1));
  });
  parts.push(...encodeEntry({ path: 'TRAILER!!!', mode: 0, body: Buffer.alloc(0) }, 0));
  return Buffer.concat(parts);
}

/** header, name, padding, body, padding. No times, owners or devices: the same input gives the same bytes. */
function encodeEntry({ path, mode, body }, inode) {
  const name = Buffer.from(`${path}\0`);
  const links = (mode & 0o170000) === 0o040000 ? 2 : 1;
  //              ino    mode  uid gid nlink  mtime filesize     devmajor/minor rdev   namesize     check
  const fields = [inode, mode, 0, 0, links, 0, body.length, 0, 0, 0, 0, name.length, 0];
  const header = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`;
  return [
    Buffer.from(header),
    name,
    Buffer.alloc(align(header.length + name.length)),
    body,
    Buffer.alloc(align(body.length)),
  ];
}
