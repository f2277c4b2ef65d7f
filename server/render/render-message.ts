import type { AnswerFileErrorDetails } from '../../src/answer-file/error.ts';
import type { RenderLimits } from '../../src/answer-file/limits.ts';
import type { Rendered, RenderMode, RenderRequest } from '../../src/answer-file/render.ts';
import { Secret } from '../../src/domain/access/secret.ts';

/** To the render process. Only over its IPC channel: arguments and environment can be read by others. */
export interface RenderCall {
  readonly id: number;
  readonly template: { readonly name: string; readonly text: string };
  readonly snippets: ReadonlyMap<string, string>;
  readonly mode: RenderMode;
  readonly limits: RenderLimits | null;
  /** The context with null in the place of every secret. */
  readonly context: unknown;
  readonly secrets: readonly { readonly path: readonly (string | number)[]; readonly value: string }[];
}

/** From the render process. */
export type RenderReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'rendered'; readonly id: number; readonly rendered: Rendered }
  | { readonly kind: 'refused'; readonly id: number; readonly details: AnswerFileErrorDetails }
  | { readonly kind: 'crashed'; readonly id: number; readonly message: string };

type Place = readonly (string | number)[];

const MAX_DEPTH = 32;

/**
 * Takes the secrets out of a context and says where they were. A Secret cannot be sent as it is (its clone is empty,
 * on purpose), and a marker among the values could be forged by a variable.
 */
export function packCall(id: number, request: RenderRequest, limits: RenderLimits | null): RenderCall {
  const secrets: { path: Place; value: string }[] = [];
  const copy = (value: unknown, path: Place): unknown => {
    if (path.length > MAX_DEPTH) throw new TypeError('the context is nested too deeply');
    if (value instanceof Secret) {
      secrets.push({ path, value: value.reveal() });
      return null;
    }
    if (Array.isArray(value)) return value.map((item, index) => copy(item, [...path, index]));
    if (typeof value !== 'object' || value === null) return typeof value === 'function' ? undefined : value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item, [...path, key])]));
  };
  const context = copy(request.context, []);
  const { template, snippets, mode } = request;
  return {
    id,
    template: { name: template.name, text: template.text },
    snippets,
    mode,
    limits,
    context,
    secrets,
  };
}

/** The request again, secrets in their places. */
export function unpackCall(call: RenderCall): RenderRequest {
  for (const { path, value } of call.secrets) {
    const parent = path.slice(0, -1).reduce<unknown>(memberOf, call.context);
    const last = path.at(-1);
    if (typeof parent !== 'object' || parent === null || last === undefined)
      throw new TypeError('a secret has no place in the context');
    // not an assignment: for the key __proto__ that would be something else
    Object.defineProperty(parent, last, { value: new Secret(value), enumerable: true, configurable: true });
  }
  const { template, snippets, mode } = call;
  return { template, snippets, mode, context: call.context as object };
}

function memberOf(parent: unknown, key: string | number): unknown {
  if (typeof parent !== 'object' || parent === null) return undefined;
  return Object.getOwnPropertyDescriptor(parent, key)?.value;
}
