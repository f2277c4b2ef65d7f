import { createHash } from 'node:crypto';
import type { Secret } from '../domain/access/secret.ts';
import { Environment } from './environment.ts';
import { DEFAULT_LIMITS, type RenderLimits } from './limits.ts';
import { parseTemplate } from './parse.ts';
import type { Template } from './syntax-tree.ts';

/** `serve` puts secrets in where the template says `| secret`; `preview` puts `********` there. */
export type RenderMode = 'serve' | 'preview';

export interface RenderRequest {
  readonly template: { readonly name: string; readonly text: string };
  /** Texts that `{% include 'name' %}` finds, by exactly that name. */
  readonly snippets: ReadonlyMap<string, string>;
  /** Plain data and Secrets; usually an AnswerContext. Anything else in it cannot be seen by the template. */
  readonly context: object;
  readonly mode: RenderMode;
}

export interface RenderOptions {
  readonly limits?: RenderLimits;
  /** For a cache of parsed templates; must give what parseTemplate gives. */
  readonly parse?: typeof parseTemplate;
}

export interface Rendered {
  readonly text: string;
  readonly contentType: 'text/plain; charset=utf-8';
  /** Lower-case hex SHA-256 of the text in UTF-8: what was served can be told from what would be served now. */
  readonly sha256: string;
}

export const SECRET_MASK = '********';

/**
 * Renders an answer file. Pure: same request, same text. Throws AnswerFileError with template and line.
 * Templates and values may be hostile; time and memory are not limited here (see the limits for what is).
 */
export function renderAnswerFile(request: RenderRequest, options: RenderOptions = {}): Rendered {
  const limits = options.limits ?? DEFAULT_LIMITS;
  const parse = options.parse ?? parseTemplate;
  const parsed = new Map<string, Template>();
  const environment = new Environment({
    limits,
    tools: { maxChars: limits.outputChars, reveal: revealFor(request.mode) },
    findTemplate: (name) => {
      const text = request.snippets.get(name);
      if (text === undefined) return undefined;
      const known = parsed.get(name) ?? parse(name, text, limits);
      parsed.set(name, known);
      return known;
    },
  });
  const template = parse(request.template.name, request.template.text, limits);
  const text = environment.render(template, request.context);
  const sha256 = createHash('sha256').update(text, 'utf8').digest('hex');
  return { text, contentType: 'text/plain; charset=utf-8', sha256 };
}

function revealFor(mode: RenderMode): (secret: Secret) => string {
  return mode === 'serve' ? (secret) => secret.reveal() : () => SECRET_MASK;
}
