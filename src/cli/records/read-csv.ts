import { LocalError } from '../errors.ts';

export interface CsvRow {
  /** Line on which it begins, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

/**
 * Rows of CSV (RFC 4180 §2): fields in quotes may hold commas, quotes (doubled) and line ends; both kinds of line ends; a byte
 * order mark before, and semicolons or tabs in the place of commas, as spreadsheets write them. Empty lines are left out. Throws LocalError with `file:line`.
 */
export function readCsv(text: string, file: string): CsvRow[] {
  const rows: CsvRow[] = [];
  let line = 1;
  let row: { line: number; fields: string[] } = { line, fields: [] };
  const source = text.replace(/^\ufeff/, '');
  const comma = separatorOf(source);
  // One field and what ends it: in quotes, or without any.
  const field = new RegExp(`(?:"((?:[^"]|"")*)"|([^"${comma}\\r\\n]*))(${comma}|\\r?\\n|$|(?=.))`, 'gy');
  while (field.lastIndex < source.length || row.fields.length > 0) {
    const start = field.lastIndex;
    const found = field.exec(source);
    const [whole = '', quoted, plain = '', end = ''] = found ?? [];
    if (found === null || (end === '' && field.lastIndex < source.length))
      throw source[start] === '"' && quoted === undefined
        ? new LocalError(`${file}:${line}: a quote is opened and never closed`, 'close it')
        : new LocalError(
            `${file}:${line}: a quote stands where none can be`,
            'put the field in quotes, and double those in it',
          );
    row.fields.push(quoted?.replaceAll('""', '"') ?? plain);
    line += whole.split('\n').length - 1;
    if (end === comma) continue;
    if (row.fields.some((one) => one !== '')) rows.push(row);
    row = { line, fields: [] };
    if (end === '') break;
  }
  return rows;
}

/** What stands between the fields of the header, whose names have none of them. */
function separatorOf(source: string): ',' | ';' | '\t' {
  const quoted = /^"(?:[^"]|"")*"([,;\t])/.exec(source)?.[1];
  const header = quoted ?? source.slice(0, /[\r\n]|$/.exec(source)?.index);
  if (header.includes(',')) return ',';
  if (header.includes('\t')) return '\t';
  return header.includes(';') ? ';' : ',';
}
