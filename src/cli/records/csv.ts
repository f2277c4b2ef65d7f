import { printable } from '../output/printable.ts';
import type { Column } from '../output/table.ts';

/** A field of CSV (RFC 4180 §2): in quotes where it holds a comma, a quote or white space at its ends. */
export function csvField(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A list as CSV: a header, and a line a row. What a terminal would obey is escaped, as everywhere. */
export function formatCsv<T>(items: readonly T[], columns: readonly Column<T>[]): string {
  const header = columns.map((column) => csvField(headerOf(column.header)));
  const rows = items.map((item) =>
    columns.map((column) => csvField(printable(String(column.value(item) ?? '')))),
  );
  return [header, ...rows].map((fields) => `${fields.join(',')}\n`).join('');
}

/** `attempts-used` of `ATTEMPTS USED`. */
function headerOf(text: string): string {
  return text.toLowerCase().replaceAll(' ', '-');
}
