import { printable } from './printable.ts';

/** One column: what stands in a pipe (whole values, RFC 3339 times), and how a terminal shows it. */
export interface Column<T> {
  readonly header: string;
  /** null is an empty field in a pipe and `-` on a terminal. */
  readonly value: (item: T) => string | number | null;
  /** The terminal's form where it differs: relative times. */
  readonly pretty?: (item: T, now: Date) => string | null;
}

/** Rows for a pipe: tab-separated, no header, one row a line. Tabs inside values are escaped, never emitted. */
export function formatTsv<T>(items: readonly T[], columns: readonly Column<T>[]): string {
  return items
    .map((item) => `${columns.map((column) => printable(String(column.value(item) ?? ''))).join('\t')}\n`)
    .join('');
}

/** Rows for a terminal: a header and columns padded to their widest value. Nothing is cut. */
export function formatTable<T>(
  items: readonly T[],
  columns: readonly Column<T>[],
  now: Date,
  style: { readonly header: (text: string) => string },
): string {
  const rows = items.map((item) => columns.map((column) => cell(column, item, now)));
  const widths = columns.map((column, index) =>
    Math.max(widthOf(column.header), ...rows.map((row) => widthOf(row[index] ?? ''))),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((text, index) => text + ' '.repeat(Math.max(0, (widths[index] ?? 0) - widthOf(text))))
      .join('  ')
      .trimEnd();
  const header = style.header(line(columns.map((column) => column.header)));
  return [header, ...rows.map(line)].map((text) => `${text}\n`).join('');
}

function cell<T>(column: Column<T>, item: T, now: Date): string {
  const text = column.pretty?.(item, now) ?? column.value(item);
  return text === null || text === '' ? '-' : printable(String(text));
}

function widthOf(text: string): number {
  return [...text].length;
}
