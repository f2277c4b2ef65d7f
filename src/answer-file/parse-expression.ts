import { FILTERS } from './filters.ts';
import type { Lowering } from './parse.ts';
import { asNode, child, children, lineOf, type RawNode, symbolName, typeOf } from './raw-tree.ts';
import type { BinaryOperator, CompareOperator, Expression } from './syntax-tree.ts';
import { TESTS } from './value-tests.ts';

const BINARY: Readonly<Record<string, BinaryOperator>> = {
  Add: '+',
  Sub: '-',
  Mul: '*',
  Div: '/',
  FloorDiv: '//',
  Mod: '%',
  Concat: '~',
  In: 'in',
};

const COMPARE: Readonly<Record<string, CompareOperator>> = {
  '==': '==',
  '===': '==',
  '!=': '!=',
  '!==': '!=',
  '<': '<',
  '>': '>',
  '<=': '<=',
  '>=': '>=',
};

/** One expression of nunjucks' tree in ours; what is not listed here cannot be written in an answer file. */
export function parseExpressionNode(node: RawNode, lowering: Lowering): Expression {
  const line = lineOf(node);
  const type = typeOf(node);
  const binary = Object.hasOwn(BINARY, type) ? BINARY[type] : undefined;
  if (binary !== undefined) return { line, kind: 'binary', operator: binary, ...operands(node, lowering) };
  switch (type) {
    case 'Literal':
      return { line, kind: 'literal', value: literalValue(node, lowering) };
    case 'Symbol':
      return { line, kind: 'name', name: String(node['value']) };
    case 'LookupVal':
      return {
        line,
        kind: 'member',
        target: lowering.expression(child(node, 'target')),
        key: lowering.expression(child(node, 'val')),
      };
    case 'Group':
      return groupOf(node, lowering);
    case 'Array':
      return { line, kind: 'list', items: children(node).map(lowering.expression) };
    case 'Not':
      return { line, kind: 'not', operand: lowering.expression(child(node, 'target')) };
    case 'Neg':
      return { line, kind: 'negate', operand: lowering.expression(child(node, 'target')) };
    case 'And':
      return { line, kind: 'and', ...operands(node, lowering) };
    case 'Or':
      return { line, kind: 'or', ...operands(node, lowering) };
    case 'Compare':
      return comparisonOf(node, lowering);
    case 'InlineIf':
      return choiceOf(node, lowering);
    case 'Is':
      return testOf(node, lowering);
    case 'Filter':
      return filterOf(node, lowering);
    case 'FunCall':
      return callOf(node, lowering);
    case 'Capture':
      return { line, kind: 'capture', body: lowering.statements(child(node, 'body')) };
    default:
      return lowering.refuse(node, 'unsupported', `a ${type} expression is not part of answer files`);
  }
}

function operands(node: RawNode, lowering: Lowering): { left: Expression; right: Expression } {
  return { left: lowering.expression(child(node, 'left')), right: lowering.expression(child(node, 'right')) };
}

function literalValue(node: RawNode, lowering: Lowering): string | number | boolean | null {
  const value = node['value'];
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  return lowering.refuse(node, 'unsupported', 'regular expressions are not part of answer files');
}

function groupOf(node: RawNode, lowering: Lowering): Expression {
  const [inner, ...rest] = children(node);
  if (inner === undefined || rest.length > 0)
    return lowering.refuse(node, 'syntax', 'parentheses hold exactly one expression');
  return lowering.expression(inner);
}

function comparisonOf(node: RawNode, lowering: Lowering): Expression {
  const rest = children(node, 'ops').map((operation) => {
    const written = String(operation['type']);
    const operator = Object.hasOwn(COMPARE, written) ? COMPARE[written] : undefined;
    if (operator === undefined)
      return lowering.refuse(operation, 'unsupported', `unknown comparison ${written}`);
    return { operator, operand: lowering.expression(child(operation, 'expr')) };
  });
  return { line: lineOf(node), kind: 'compare', first: lowering.expression(child(node, 'expr')), rest };
}

function choiceOf(node: RawNode, lowering: Lowering): Expression {
  const line = lineOf(node);
  const otherwise = node['else_'];
  return {
    line,
    kind: 'choose',
    condition: lowering.expression(child(node, 'cond')),
    yes: lowering.expression(child(node, 'body')),
    no: otherwise ? lowering.expression(asNode(otherwise)) : { line, kind: 'literal', value: '' },
  };
}

function testOf(node: RawNode, lowering: Lowering): Expression {
  const right = child(node, 'right');
  // `none` and `null` are literals to the parser, every other test is a name.
  const isNone = typeOf(right) === 'Literal' && right['value'] === null;
  const test = isNone ? 'none' : symbolName(right);
  if (test === undefined || !TESTS.has(test)) {
    const known = [...TESTS.keys()].join(', ');
    return lowering.refuse(node, 'unknown-test', `unknown test after "is"`, `available are ${known}`);
  }
  return { line: lineOf(node), kind: 'test', test, operand: lowering.expression(child(node, 'left')) };
}

function filterOf(node: RawNode, lowering: Lowering): Expression {
  const filter = symbolName(child(node, 'name')) ?? '';
  if (!FILTERS.has(filter)) {
    const known = [...FILTERS.keys()].join(', ');
    return lowering.refuse(node, 'unknown-filter', `unknown filter ${filter}`, `available are ${known}`);
  }
  const [input, ...args] = children(child(node, 'args'));
  if (input === undefined) return lowering.refuse(node, 'syntax', `filter ${filter} has no input`);
  return {
    line: lineOf(node),
    kind: 'filter',
    filter,
    input: lowering.expression(input),
    args: args.map(lowering.expression),
  };
}

function callOf(node: RawNode, lowering: Lowering): Expression {
  if (symbolName(child(node, 'name')) !== 'range')
    return lowering.refuse(
      node,
      'unsupported',
      'only range() can be called',
      'use a filter: {{ x | upper }}',
    );
  return { line: lineOf(node), kind: 'range', args: children(child(node, 'args')).map(lowering.expression) };
}
