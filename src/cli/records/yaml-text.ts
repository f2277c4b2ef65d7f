import { Document, isScalar, visit } from 'yaml';
import { HOSTILE } from '../../domain/printable.ts';

const FOUND = new RegExp(HOSTILE.source, HOSTILE.flags.replace('g', ''));

/**
 * One YAML document, by the core schema of YAML 1.2 §10.3. Same value as given; characters that a terminal would obey
 * are escaped, which YAML can only do between double quotes.
 */
export function formatYaml(value: unknown): string {
  const document = new Document(JSON.parse(JSON.stringify(value)), {
    schema: 'core',
    aliasDuplicateObjects: false,
  });
  visit(document, {
    Scalar: (_key, node) => {
      if (isScalar(node) && typeof node.value === 'string' && FOUND.test(node.value))
        node.type = 'QUOTE_DOUBLE';
    },
  });
  return document
    .toString({ lineWidth: 0, flowCollectionPadding: false })
    .replace(HOSTILE, (char) => (char === '\n' ? char : escaped(char)));
}

function escaped(char: string): string {
  const code = (char.codePointAt(0) ?? 0).toString(16);
  return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\U${code.padStart(8, '0')}`;
}
