/**
 * What an answer-file template can say. The parser turns nunjucks' tree into this one and refuses the rest,
 * so that the evaluator has no case for macros, imports, inheritance, method calls or regular expressions.
 */
export interface Template {
  readonly name: string;
  readonly body: readonly Statement[];
}

export type Statement =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly line: number; readonly value: Expression }
  | {
      readonly kind: 'if';
      readonly line: number;
      readonly condition: Expression;
      readonly body: readonly Statement[];
      readonly otherwise: readonly Statement[];
    }
  | {
      readonly kind: 'for';
      readonly line: number;
      /** One name for the elements of a list, two for the keys and values of a map. */
      readonly names: readonly string[];
      readonly over: Expression;
      readonly body: readonly Statement[];
      readonly otherwise: readonly Statement[];
    }
  | {
      readonly kind: 'set';
      readonly line: number;
      readonly names: readonly string[];
      readonly value: Expression;
    }
  | {
      readonly kind: 'include';
      readonly line: number;
      readonly template: Expression;
      readonly ignoreMissing: boolean;
    };

export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '~' | 'in';
export type CompareOperator = '==' | '!=' | '<' | '>' | '<=' | '>=';

export type Expression = { readonly line: number } & (
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'member'; readonly target: Expression; readonly key: Expression }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'not' | 'negate'; readonly operand: Expression }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'compare';
      readonly first: Expression;
      readonly rest: readonly { readonly operator: CompareOperator; readonly operand: Expression }[];
    }
  | {
      readonly kind: 'choose';
      readonly condition: Expression;
      readonly yes: Expression;
      readonly no: Expression;
    }
  | { readonly kind: 'test'; readonly test: string; readonly operand: Expression }
  | {
      readonly kind: 'filter';
      readonly filter: string;
      readonly input: Expression;
      readonly args: readonly Expression[];
    }
  | { readonly kind: 'range'; readonly args: readonly Expression[] }
  | { readonly kind: 'capture'; readonly body: readonly Statement[] }
);

/** The text a person would recognise: `system.domain`; undefined for anything but names and fixed members. */
export function describeExpression(expression: Expression): string | undefined {
  if (expression.kind === 'name') return expression.name;
  if (expression.kind === 'filter') return describeExpression(expression.input);
  if (expression.kind !== 'member') return undefined;
  const target = describeExpression(expression.target);
  if (target === undefined || expression.key.kind !== 'literal') return undefined;
  const key = expression.key.value;
  return typeof key === 'string' ? `${target}.${key}` : `${target}[${key}]`;
}
