import { LocalError } from './errors.ts';

export interface CsvRow {
  /** Line on which it begins, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

/**
 * Rows of CSV (RFC 4180 §2): fields in quotes may hold commas, quotes (doubled) and line ends; both kinds of line ends; a byte
 * order mark before, as spreadsheets write it. Empty lines are left out. Throws LocalError with `file:line`.
 */
export function readCsv(text: string, file: string): CsvRow[] {
  const rows: CsvRow[] = [];
  let line = 1;
  let row: { line: number; fields: string[] } = { line, fields: [] };
  // One field and what ends it: in quotes, or without any.
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$|(?=.))/gy;
  const source = text.replace(/^\ufeff/, '');
  while (field.lastIndex < source.length || row.fields.length > 0) {
    const found = field.exec(source);
    const [whole = '', quoted, plain = '', end = ''] = found ?? [];
    if (found === null || (end === '' && field.lastIndex < source.length))
      throw new LocalError(
        `${file}:${line}: a quote stands where none can be`,
        'put the field in quotes, and double those in it',
      );
    row.fields.push(quoted?.replaceAll('""', '"') ?? plain);
    line += whole.split('\n').length - 1;
    if (end === ',') continue;
    if (row.fields.some((one) => one !== '')) rows.push(row);
    row = { line, fields: [] };
    if (end === '') break;
  }
  return rows;
}
