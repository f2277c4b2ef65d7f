import pc from 'picocolors';
import type { CliDeps } from '../deps.ts';
import type { OutputFormat } from '../flags/global-flags.ts';
import { formatCsv } from '../records/csv.ts';
import { printable, printableJson } from './printable.ts';
import { type Column, formatTable, formatTsv } from './table.ts';

type Deps = Pick<CliDeps, 'stdout' | 'stderr' | 'env' | 'now'>;
type Colors = ReturnType<typeof pc.createColors>;

/** How data is written to stdout, and what writes YAML where that is asked for: its package is not loaded otherwise. */
export interface OutputStyle {
  readonly format: OutputFormat | undefined;
  readonly formatYaml: (value: unknown) => string;
}

/**
 * Data to stdout, words to stderr. With `--json` or `--yaml` stdout gets the API's documents and nothing else, and words
 * are left out, so that stderr holds at most one problem document. With `--quiet` a list is its names, and the rest nothing.
 */
export class Output {
  /** Whether documents are wanted in the place of rows and words. */
  readonly json: boolean;
  /** Colours of stdout: plain functions in a pipe, on a dumb terminal, and where $NO_COLOR is set. */
  readonly colors: Colors;
  readonly #deps: Deps;
  readonly #style: OutputStyle;

  constructor(deps: Deps, style: OutputStyle) {
    this.#deps = deps;
    this.#style = style;
    this.json = style.format === 'json' || style.format === 'yaml';
    this.colors = pc.createColors(deps.stdout.isTTY && !deps.env['NO_COLOR'] && deps.env['TERM'] !== 'dumb');
  }

  get #isSilent(): boolean {
    return this.json || this.isQuiet;
  }

  /** Only what was asked for by its name, and what is wrong. */
  get isQuiet(): boolean {
    return this.#style.format === 'quiet';
  }

  /** Comma-separated values are asked for. */
  get isCsv(): boolean {
    return this.#style.format === 'csv';
  }

  /** For people, and not for another program. */
  get isTable(): boolean {
    const { format } = this.#style;
    return format === 'table' || (format === undefined && this.#deps.stdout.isTTY);
  }

  /** One line of words for people. */
  say(text: string): void {
    if (!this.#isSilent) this.#deps.stderr.write(`${printable(text)}\n`);
  }

  /** One line of what is wrong, which also --quiet lets through. */
  complain(text: string): void {
    if (!this.json) this.#deps.stderr.write(`${printable(text)}\n`);
  }

  /** Lines of words between what somebody else writes to a terminal in raw mode, where a new line begins by itself. */
  sayBetween(...lines: readonly string[]): void {
    if (!this.#isSilent)
      this.#deps.stderr.write(`\r\n${lines.map((line) => `${printable(line)}\r\n`).join('')}`);
  }

  /** Rows. `document` is what `--json` prints in their place. `empty` is said when there is no row. */
  list<T>(document: unknown, items: readonly T[], columns: readonly Column<T>[], empty: string): void {
    if (this.json) this.document(document);
    else if (items.length === 0 && this.#style.format !== 'csv') this.say(empty);
    else this.rows(items, columns);
  }

  /** What was done, a row a record, as `list` has them; `--quiet` prints nothing. */
  results<T>(document: unknown, items: readonly T[], columns: readonly Column<T>[], empty: string): void {
    if (!this.isQuiet) this.list(document, items, columns, empty);
  }

  /** What was done, as a row of one record; `--json` prints the record, `--quiet` nothing. */
  row<T>(item: T, columns: readonly Column<T>[]): void {
    if (this.json) this.document(item);
    else if (!this.isQuiet) this.rows([item], columns);
  }

  /** The one thing that was asked for, which `--quiet` prints as well; `--json` prints the record. */
  value(record: object, text: string): void {
    if (this.json) this.document(record);
    else this.#deps.stdout.write(`${printable(text)}\n`);
  }

  /** Every field of one record, a line each; `--json` prints the record, `--quiet` nothing. */
  details(record: object): void {
    if (this.json) this.document(record);
    if (this.#isSilent) return;
    const pairs = flatten(record).map(([path, text]) => [printable(path), printable(text)] as const);
    if (!this.isTable) {
      this.#deps.stdout.write(pairs.map(([path, text]) => `${path}\t${text}\n`).join(''));
      return;
    }
    const width = Math.max(...pairs.map(([path]) => path.length));
    const line = ([path, text]: readonly [string, string]): string =>
      `${this.colors.bold(path.padEnd(width))}  ${text === '' ? '-' : text}\n`;
    this.#deps.stdout.write(pairs.map(line).join(''));
  }

  /** One document on stdout. */
  document(value: unknown): void {
    const isYaml = this.#style.format === 'yaml';
    this.#deps.stdout.write(isYaml ? this.#style.formatYaml(value) : `${printableJson(value)}\n`);
  }

  /** One document of a stream: JSON on one line, or YAML after a line of dashes. */
  documentLine(value: unknown): void {
    if (this.#style.format === 'yaml') this.#deps.stdout.write(`---\n${this.#style.formatYaml(value)}`);
    else this.#deps.stdout.write(`${printableJson(value, 0)}\n`);
  }

  /** Finished text on stdout; the caller has made it printable. */
  text(text: string): void {
    this.#deps.stdout.write(text);
  }

  /** One finished line of data on stdout; the caller has made every part printable. */
  line(text: string): void {
    this.#deps.stdout.write(`${text}\n`);
  }

  private rows<T>(items: readonly T[], columns: readonly Column<T>[]): void {
    const { stdout, now } = this.#deps;
    const { format } = this.#style;
    if (format === 'csv') stdout.write(formatCsv(items, columns));
    else if (format === 'quiet') stdout.write(formatTsv(items, columns.slice(0, 1)));
    else if (this.isTable) stdout.write(formatTable(items, columns, now(), { header: this.colors.bold }));
    else stdout.write(formatTsv(items, columns));
  }
}

/** `path -> text` of every leaf, in the record's order; lists of plain values are one leaf. */
function flatten(value: unknown, path = ''): [string, string][] {
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object')) return [[path, value.join(' ')]];
  if (typeof value !== 'object' || value === null) return [[path, String(value ?? '')]];
  return Object.entries(value).flatMap(([key, member]) =>
    flatten(member, path === '' ? key : `${path}.${key}`),
  );
}
