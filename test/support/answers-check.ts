import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { openApiDocument } from '../../server/http/openapi/document.ts';

interface Responses {
  readonly [status: string]: { readonly content?: Readonly<Record<string, { readonly schema?: object }>> };
}

/** What a test answers itself in the place of a route's own work. */
export const LET_IN = 299;

/**
 * Holds every answer of an app against its own OpenAPI document: route, status, media type, and the schema of the body, which
 * refuses fields that it does not have. What does not fit goes to `faults`, as a sentence. Pages are no part of the document.
 */
export function checkAnswers(app: FastifyInstance, faults: string[]): void {
  const find = documentedAnswers(app);
  app.addHook('onSend', async (request, reply, payload) => {
    const fault = faultOf(find, request, reply, payload);
    if (fault !== undefined) faults.push(`${request.method} ${request.url}: ${fault}`);
  });
}

type FindAnswer = (request: FastifyRequest, status: number) => Responses[string] | null | undefined;

/** Undefined: the status is not documented; null: nothing to be documented. */
function documentedAnswers(app: FastifyInstance): FindAnswer {
  let paths: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined;
  const nothing: Responses[string] = { content: { 'application/problem+json': { schema: PROBLEM } } };
  return (request, status) => {
    paths ??= documentOf(app).paths;
    const { method, is404, routeOptions } = request;
    if (status === LET_IN) return null;
    if (is404 && !isDocumented(request.url.split('?')[0] ?? '')) return null;
    if (is404) return status === 404 ? nothing : undefined;
    if (method === 'HEAD' || method === 'OPTIONS') return null;
    const path = (routeOptions.url ?? '').replace(/:(\w+)/g, '{$1}');
    if (!isDocumented(path)) return null;
    const operation = paths[path]?.[method.toLowerCase()] as { responses: Responses } | undefined;
    return operation?.responses[String(status)];
  };
}

/** Everything but the pages for people. */
export function isDocumented(path: string): boolean {
  return /^\/(api\/|healthz$|metrics$)/.test(path);
}

function documentOf(app: FastifyInstance): ReturnType<typeof openApiDocument> {
  const routes = app.declaredRoutes.filter(({ method, url }) => method !== 'HEAD' && isDocumented(url));
  return openApiDocument(routes, '0.0.0');
}

const PROBLEM = { $ref: 'document#/components/schemas/Problem' };

function faultOf(
  find: FindAnswer,
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): string | undefined {
  const status = reply.statusCode;
  const documented = find(request, status);
  if (documented === null) return undefined;
  if (documented === undefined) return `status ${status} is not documented: ${String(payload).slice(0, 300)}`;
  if (payload === undefined || payload === null || payload === '') {
    return documented.content === undefined ? undefined : `status ${status} without its body`;
  }
  const type = String(reply.getHeader('content-type')).split(';')[0] ?? '';
  const content = documented.content?.[type];
  if (content === undefined) return `status ${status} with a body of ${type} is not documented`;
  if (content.schema === undefined || typeof payload !== 'string') return undefined;
  const validate = validatorOf(narrowed(content.schema, request));
  if (validate(JSON.parse(payload))) return undefined;
  const said = (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
  return `status ${status}: ${said.join('; ')}`;
}

/** Of two schemas the one that the query asks for. */
function narrowed(schema: object, { query }: FastifyRequest): object {
  const { anyOf } = schema as { anyOf?: readonly [object, object] };
  if (anyOf === undefined) return schema;
  const { fields, dryRun } = query as { fields?: string; dryRun?: string };
  return fields !== undefined || dryRun === '1' || dryRun === 'true' ? anyOf[1] : anyOf[0];
}

let ajv: Ajv2020 | undefined;
const validators = new Map<string, ValidateFunction>();

function validatorOf(schema: object): ValidateFunction {
  const { $ref } = schema as { $ref: string };
  const known = validators.get($ref);
  if (known !== undefined) return known;
  if (ajv === undefined) {
    ajv = new Ajv2020({ strict: false, allErrors: true });
    formats.default(ajv);
    ajv.addSchema(openApiDocument([], '0.0.0'), 'document');
  }
  const made = ajv.compile({ $ref: $ref.replace(/^#/, 'document#') });
  validators.set($ref, made);
  return made;
}
