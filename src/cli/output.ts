import pc from 'picocolors';
import type { CliDeps } from './deps.ts';
import { printable, printableJson } from './printable.ts';
import { type Column, formatTable, formatTsv } from './table.ts';

type Deps = Pick<CliDeps, 'stdout' | 'stderr' | 'env' | 'now'>;
type Colors = ReturnType<typeof pc.createColors>;

/**
 * Data to stdout, words to stderr. With `--json` stdout gets the API's JSON and nothing else, and words are left
 * out, so that stderr holds at most one problem document.
 */
export class Output {
  readonly json: boolean;
  /** Colours of stdout: plain functions in a pipe, on a dumb terminal, and where $NO_COLOR is set. */
  readonly colors: Colors;
  readonly #deps: Deps;

  constructor(deps: Deps, json: boolean) {
    this.#deps = deps;
    this.json = json;
    this.colors = pc.createColors(deps.stdout.isTTY && !deps.env['NO_COLOR'] && deps.env['TERM'] !== 'dumb');
  }

  /** One line of words for people. */
  say(text: string): void {
    if (!this.json) this.#deps.stderr.write(`${printable(text)}\n`);
  }

  /** Lines of words between what somebody else writes to a terminal in raw mode, where a new line begins by itself. */
  sayBetween(...lines: readonly string[]): void {
    if (!this.json) this.#deps.stderr.write(`\r\n${lines.map((line) => `${printable(line)}\r\n`).join('')}`);
  }

  /** Rows. `document` is what `--json` prints in their place. `empty` is said when there is no row. */
  list<T>(document: unknown, items: readonly T[], columns: readonly Column<T>[], empty: string): void {
    if (this.json) this.document(document);
    else if (items.length === 0) this.say(empty);
    else this.rows(items, columns);
  }

  /** One record as a row; `--json` prints the record. */
  row<T>(item: T, columns: readonly Column<T>[]): void {
    if (this.json) this.document(item);
    else this.rows([item], columns);
  }

  /** Every field of one record, a line each; `--json` prints the record. */
  details(record: object): void {
    if (this.json) {
      this.document(record);
      return;
    }
    const pairs = flatten(record).map(([path, text]) => [printable(path), printable(text)] as const);
    if (!this.#deps.stdout.isTTY) {
      this.#deps.stdout.write(pairs.map(([path, text]) => `${path}\t${text}\n`).join(''));
      return;
    }
    const width = Math.max(...pairs.map(([path]) => path.length));
    const line = ([path, text]: readonly [string, string]): string =>
      `${this.colors.bold(path.padEnd(width))}  ${text === '' ? '-' : text}\n`;
    this.#deps.stdout.write(pairs.map(line).join(''));
  }

  /** One JSON document on stdout. */
  document(value: unknown): void {
    this.#deps.stdout.write(`${printableJson(value)}\n`);
  }

  /** One JSON document on one line, for streams. */
  documentLine(value: unknown): void {
    this.#deps.stdout.write(`${printableJson(value, 0)}\n`);
  }

  /** One finished line of data on stdout; the caller has made every part printable. */
  line(text: string): void {
    this.#deps.stdout.write(`${text}\n`);
  }

  private rows<T>(items: readonly T[], columns: readonly Column<T>[]): void {
    const { stdout, now } = this.#deps;
    stdout.write(
      stdout.isTTY
        ? formatTable(items, columns, now(), { header: this.colors.bold })
        : formatTsv(items, columns),
    );
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
