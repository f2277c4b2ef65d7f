/**
 * Careful reading of nunjucks' untyped syntax tree. Every read is checked, so a tree of another shape
 * (another nunjucks version) is an error and never a wrong answer file.
 */
export type RawNode = Readonly<Record<string, unknown>>;

export function asNode(value: unknown): RawNode {
  if (typeof value !== 'object' || value === null || !('typename' in value))
    throw new TypeError('the template parser gave something else than a tree');
  return value as RawNode;
}

export function typeOf(node: RawNode): string {
  return String(node['typename']);
}

/** 1-based line; the parser counts from 0. */
export function lineOf(node: RawNode): number {
  const line = node['lineno'];
  return typeof line === 'number' ? line + 1 : 1;
}

export function child(node: RawNode, field: string): RawNode {
  return asNode(node[field]);
}

export function children(node: RawNode, field = 'children'): RawNode[] {
  const list = node[field];
  if (!Array.isArray(list)) throw new TypeError(`the template parser gave no list in ${field}`);
  return list.map(asNode);
}

/** The name in a Symbol node; undefined for any other node. */
export function symbolName(node: RawNode): string | undefined {
  const value = node['value'];
  return typeOf(node) === 'Symbol' && typeof value === 'string' ? value : undefined;
}
