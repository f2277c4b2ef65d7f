import { isUtf8 } from 'node:buffer';
import { LocalError } from '../errors.ts';

/** Text of a file or of stdin. Throws LocalError for what is no UTF-8: read as such, its letters would be lost silently. */
export function decodeUtf8(bytes: Uint8Array, source: string): string {
  if (isUtf8(bytes)) return Buffer.from(bytes).toString('utf8');
  throw new LocalError(
    `${source} is not UTF-8`,
    'save it as UTF-8 (in a spreadsheet: CSV UTF-8), or pipe it through: iconv -f WINDOWS-1252 -t UTF-8',
  );
}
