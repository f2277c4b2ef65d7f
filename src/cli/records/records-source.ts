import { join } from 'node:path';
import { nearest } from '../../domain/nearest.ts';
import type { RecordsDocument } from '../../domain/records/apply.ts';
import type { CliDeps } from '../deps.ts';
import { LocalError } from '../errors.ts';
import type { YamlText } from './read-yaml.ts';
import { RECORD_NOUNS, type RecordNoun } from './record-nouns.ts';

/** One record of a file, and where it stands. */
interface SourceItem {
  readonly noun: RecordNoun;
  readonly name: string;
  readonly input: unknown;
  /** `rack.yaml:12` of one of its fields. */
  readonly whereIs: (path: string) => string;
}

/** Records of files, as one document. */
export interface RecordsSource {
  readonly document: RecordsDocument;
  /** `rack.yaml:12` of a field of a record (empty: of the record itself), or undefined if no file has it. */
  readonly whereIs: (noun: RecordNoun, name: string, path: string) => string | undefined;
}

type Deps = Pick<CliDeps, 'readFile' | 'readStdin' | 'recordFiles'>;

const EXTENSIONS = /\.(ya?ml|json|csv)$/i;

/**
 * Reads records: YAML or JSON documents, CSV tables of systems, folders of them, `-` for stdin. What of two files says the same
 * record is refused. Throws LocalError with `file:line`.
 */
export async function readRecords(sources: readonly string[], deps: Deps): Promise<RecordsSource> {
  const parts: Part[] = [];
  for (const source of sources) parts.push(...(await partsOf(source, deps)));
  return sourceOf(parts);
}

/** The records of one CSV table. Throws LocalError with `file:line`. */
export async function csvSource(noun: RecordNoun, text: string, file: string): Promise<RecordsSource> {
  return sourceOf([await csvPart(noun, text, file)]);
}

function sourceOf(parts: readonly Part[]): RecordsSource {
  const items = parts.flatMap((part) => part.items);
  refuseTwice(items);
  const kinds = new Set(parts.flatMap((part) => part.nouns));
  const document = Object.fromEntries(
    RECORD_NOUNS.filter((noun) => kinds.has(noun)).map((noun) => [
      `${noun}s`,
      items.filter((item) => item.noun === noun).map(({ input }) => input),
    ]),
  );
  return {
    document: document as RecordsDocument,
    whereIs: (noun, name, path) =>
      items.find((item) => item.noun === noun && item.name === name)?.whereIs(path),
  };
}

interface Part {
  /** Kinds that it names, also without an item. */
  readonly nouns: readonly RecordNoun[];
  readonly items: readonly SourceItem[];
}

async function partsOf(source: string, deps: Deps): Promise<Part[]> {
  if (source === '-') return yamlParts(await deps.readStdin(), 'stdin');
  const paths = await deps.recordFiles.list(source);
  if (paths === undefined) return fileParts(source, deps);
  const files = paths.filter((path) => EXTENSIONS.test(path));
  if (files.length === 0) throw new LocalError(`there is no YAML, JSON or CSV in ${source}`);
  const parts: Part[] = [];
  for (const path of files) parts.push(...(await fileParts(join(source, path), deps)));
  return parts;
}

async function fileParts(path: string, deps: Deps): Promise<Part[]> {
  const text = await deps.readFile(path);
  return /\.csv$/i.test(path) ? [await csvPart('system', text, path)] : yamlParts(text, path);
}

async function csvPart(noun: RecordNoun, text: string, file: string): Promise<Part> {
  const { csvRecords } = await import('./csv-records.ts');
  const items = csvRecords(noun, text, file).map(({ line, input }): SourceItem => {
    const where = `${file}:${line}`;
    return { noun, name: nameOf(input, where, 'name'), input, whereIs: () => where };
  });
  return { nouns: [noun], items };
}

/** Files of several documents are what one gets by joining files with `---` between them. */
async function yamlParts(text: string, file: string): Promise<Part[]> {
  const { readYamlDocuments } = await import('./read-yaml.ts');
  return readYamlDocuments(text, file).map((document) => yamlPart(document, file));
}

function yamlPart({ value, lineOf }: YamlText, file: string): Part {
  const where = (path: string) => `${file}:${lineOf(path)}`;
  // An empty file names nothing, as an empty folder does.
  if (value === null) return { nouns: [], items: [] };
  if (!isObject(value))
    throw new LocalError(
      `${where('')}: this is no document of records`,
      'it has lists by the names distros, profiles, subnets, systems',
    );
  const kinds = RECORD_NOUNS.map((noun) => `${noun}s`);
  const unknown = Object.keys(value).find((key) => !kinds.includes(key));
  if (unknown !== undefined) {
    const similar = nearest(unknown, kinds);
    throw new LocalError(
      `${where(unknown)}: there are no ${unknown}`,
      similar === undefined ? `there are: ${kinds.join(', ')}` : `did you mean ${similar}?`,
    );
  }
  const nouns = RECORD_NOUNS.filter((noun) => value[`${noun}s`] != null);
  return { nouns, items: nouns.flatMap((noun) => itemsOf(noun, value[`${noun}s`], where)) };
}

function itemsOf(noun: RecordNoun, list: unknown, where: (path: string) => string): SourceItem[] {
  const kind = `${noun}s`;
  if (!Array.isArray(list))
    throw new LocalError(`${where(kind)}: ${kind} is a list`, 'each entry begins with a dash');
  return list.map((input: unknown, at) => {
    const path = `${kind}.${at}`;
    const name = nameOf(input, where(path), noun);
    return { noun, name, input, whereIs: (field) => where(field === '' ? path : `${path}.${field}`) };
  });
}

function nameOf(input: unknown, where: string, what: string): string {
  const name = isObject(input) ? input['name'] : undefined;
  if (typeof name === 'string' && name !== '') return name;
  throw new LocalError(`${where}: ${what} has no name`);
}

function refuseTwice(items: readonly SourceItem[]): void {
  const seen = new Map<string, SourceItem>();
  for (const item of items) {
    const key = `${item.noun} ${item.name}`;
    const before = seen.get(key);
    if (before !== undefined)
      throw new LocalError(
        `${item.whereIs('')}: ${key} stands at ${before.whereIs('')} already`,
        'take one of them out',
      );
    seen.set(key, item);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
