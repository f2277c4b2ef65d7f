import { type Document, isMap, isNode, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import { LocalError } from '../errors.ts';

/** More than any rack is; what is larger is another file. */
const MOST_CHARACTERS = 32 * 1024 * 1024;
const MOST_LEVELS = 32;
/** Aliases that stand for aliases grow like powers: "billion laughs". */
const MOST_ALIASES = 1_000;

/** What a file says, and on which line. */
export interface YamlText {
  readonly value: unknown;
  /** Line of the value at a dotted path (`systems.3.interfaces.0.ip`), or of the nearest above it; from 1. */
  readonly lineOf: (path: string) => number;
}

/** Reads one document, as `readYamlDocuments` does. Throws LocalError also where there is a second one. */
export function readYaml(text: string, file: string): YamlText {
  const [first, second] = readYamlDocuments(text, file);
  if (second !== undefined)
    throw new LocalError(`${file}:${second.lineOf('')}: there is a second document`, 'one is wanted here');
  return first ?? { value: null, lineOf: () => 1 };
}

/**
 * Reads YAML 1.2 documents, which lines of `---` separate, by the core schema (§10.3): `no` is text, tags of programs are refused, keys stand once. JSON is
 * YAML. Throws LocalError that begins with `file:line`.
 */
export function readYamlDocuments(text: string, file: string): YamlText[] {
  if (text.length > MOST_CHARACTERS)
    throw new LocalError(`${file} is larger than ${MOST_CHARACTERS / 1024 / 1024} MiB`, 'split it');
  const lines = new LineCounter();
  const at = (offset: number) => lines.linePos(offset).line;
  try {
    const documents = parseAllDocuments(text, { schema: 'core', lineCounter: lines, prettyErrors: false });
    return [...documents].map((document) => {
      const [mistake] = [...document.errors, ...document.warnings];
      if (mistake !== undefined) throw new LocalError(`${file}:${at(mistake.pos[0])}: ${mistake.message}`);
      refuseDepth(
        document.contents,
        0,
        (offset) => new LocalError(`${file}:${at(offset)}: nested too deeply`),
      );
      const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
      return { value, lineOf: (path) => at(offsetOf(document, path)) };
    });
  } catch (error) {
    if (error instanceof RangeError) throw new LocalError(`${file}: nested too deeply`);
    if (error instanceof ReferenceError) throw new LocalError(`${file}: ${error.message}`);
    throw error;
  }
}

function refuseDepth(node: unknown, level: number, refusal: (offset: number) => LocalError): void {
  if (!isMap(node) && !isSeq(node)) return;
  if (level > MOST_LEVELS) throw refusal(node.range?.[0] ?? 0);
  for (const item of node.items)
    refuseDepth('value' in Object(item) ? (item as { value: unknown }).value : item, level + 1, refusal);
}

function offsetOf(document: Document.Parsed, path: string): number {
  const keys = path === '' ? [] : path.split('.');
  for (let length = keys.length; length > 0; length--) {
    const node: unknown = document.getIn(keys.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range[0] ?? 0;
}
