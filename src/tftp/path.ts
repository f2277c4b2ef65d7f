/**
 * What a client calls a file -> the name that we look it up by. The result is a key into a map of files that the
 * service holds, never a path of a file system; the refusals below are the second wall, not the first.
 */

/** Why a name cannot be one of ours. */
export type PathRefusal = 'empty' | 'directory' | 'traversal' | 'drive' | 'control-character' | 'too-long';

export type LogicalName =
  | { readonly ok: true; readonly name: string }
  | { readonly ok: false; readonly reason: PathRefusal };

/** Longest logical name, in characters; DHCP's `file` holds 127 and option 67 holds 255. */
export const LOGICAL_NAME_MAX = 255;

// F19: ROMs of 2010 (Kontron VX3040) read DHCP option 67 as a C string and ask for `file\xff` (the END option).
const TRAILING_GARBAGE = /[\0\xff]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL_CHARACTER = /[\x00-\x1f\x7f]/;
const DRIVE = /^[A-Za-z]:$/;

/**
 * Normalises a requested name (one character a byte, as packet.ts decodes it): backslashes are slashes, leading,
 * doubled and `.` segments go, NUL and 0xff at the end go (F19). Case is kept. Percent signs are not an escape here.
 */
export function logicalName(requested: string): LogicalName {
  const name = requested.replace(TRAILING_GARBAGE, '').replaceAll('\\', '/');
  if (CONTROL_CHARACTER.test(name)) return refused('control-character');
  const segments = name.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (segments.includes('..')) return refused('traversal');
  const [first] = segments;
  if (first === undefined) return refused('empty');
  if (DRIVE.test(first)) return refused('drive');
  if (name.endsWith('/') || name.endsWith('/.')) return refused('directory');
  const key = segments.join('/');
  return key.length > LOGICAL_NAME_MAX ? refused('too-long') : { ok: true, name: key };
}

function refused(reason: PathRefusal): LogicalName {
  return { ok: false, reason };
}
